/* The built-in scenarios, byte for byte. The include path is data/scenarios. */
#if defined(__linux__) && defined(__ELF__)
.section .note.GNU-stack,"",%progbits
#endif
.section .rodata

.global teiten_scenario_talot2_2007_begin
.global teiten_scenario_talot2_2007_end
teiten_scenario_talot2_2007_begin:
.incbin "talot2-2007.toml"
teiten_scenario_talot2_2007_end:
.byte 0

.global teiten_scenario_talot2_2007_outages_begin
.global teiten_scenario_talot2_2007_outages_end
teiten_scenario_talot2_2007_outages_begin:
.incbin "talot2-2007-outages.toml"
teiten_scenario_talot2_2007_outages_end:
.byte 0
