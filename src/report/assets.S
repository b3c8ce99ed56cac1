/* The built web page, byte for byte; TEITEN_REPORT_* are the files' paths (CMakeLists.txt). */
        .section .rodata, "a"

        .global teiten_report_js, teiten_report_js_end
teiten_report_js:
        .incbin TEITEN_REPORT_JS
teiten_report_js_end:
        .byte 0

        .global teiten_report_css, teiten_report_css_end
teiten_report_css:
        .incbin TEITEN_REPORT_CSS
teiten_report_css_end:
        .byte 0

        .global teiten_report_hash, teiten_report_hash_end
teiten_report_hash:
        .incbin TEITEN_REPORT_HASH
teiten_report_hash_end:
        .byte 0

        .section .note.GNU-stack, "", %progbits
