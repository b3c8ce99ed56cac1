/* Data files of the report, byte for byte; the paths come from CMakeLists.txt. */
        .section .rodata, "a"

        .global teiten_services_toml, teiten_services_toml_end
teiten_services_toml:
        .incbin TEITEN_SERVICES_TOML
teiten_services_toml_end:
        .byte 0

        .global teiten_countries_ja, teiten_countries_ja_end
teiten_countries_ja:
        .incbin TEITEN_COUNTRIES_JA
teiten_countries_ja_end:
        .byte 0

        .global teiten_countries_en, teiten_countries_en_end
teiten_countries_en:
        .incbin TEITEN_COUNTRIES_EN
teiten_countries_en_end:
        .byte 0

        .section .note.GNU-stack, "", %progbits
