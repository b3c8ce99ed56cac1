/* Data files of the report, byte for byte; the paths come from CMakeLists.txt. */
        .section .rodata, "a"

        .global teiten_services_toml, teiten_services_toml_end
teiten_services_toml:
        .incbin TEITEN_SERVICES_TOML
teiten_services_toml_end:
        .byte 0

        .global teiten_advisories_toml, teiten_advisories_toml_end
teiten_advisories_toml:
        .incbin TEITEN_ADVISORIES_TOML
teiten_advisories_toml_end:
        .byte 0

        .global teiten_contacts_toml, teiten_contacts_toml_end
teiten_contacts_toml:
        .incbin TEITEN_CONTACTS_TOML
teiten_contacts_toml_end:
        .byte 0

        .global teiten_tools_toml, teiten_tools_toml_end
teiten_tools_toml:
        .incbin TEITEN_TOOLS_TOML
teiten_tools_toml_end:
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
