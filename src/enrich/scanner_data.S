/* The list of known scanners, byte for byte; the path comes from CMakeLists.txt. */
        .section .rodata, "a"

        .global teiten_scanners_toml, teiten_scanners_toml_end
teiten_scanners_toml:
        .incbin TEITEN_SCANNERS_TOML
teiten_scanners_toml_end:
        .byte 0

        .section .note.GNU-stack, "", %progbits
