package symphony.admission;

import symphony.component.Settings;

/**
 * How much a jar may be.
 *
 * @param jarBytes bytes of the file
 * @param unpackedBytes bytes of all that is in it
 * @param entries number of what is in it
 */
record JarLimits(long jarBytes, long unpackedBytes, int entries) {
    private static final long MIB = 1 << 20;
    private static final String JAR = "jar.bytes";
    private static final String UNPACKED = "unpacked.bytes";
    private static final String ENTRIES = "entries";

    /** Bytes of a manifest, and of each signature file: they are read into memory before anybody is trusted. */
    static final int HEADER_BYTES = 1 << 20;
    /** Bytes of a signature's block; with a time stamp and all certificates one has about 10 KiB. */
    static final int BLOCK_BYTES = 1 << 14;
    /** Signatures of one jar. */
    static final int SIGNATURES = 8;
    /** Characters of an entry's name. */
    static final int NAME_CHARS = 1024;
    /** Bytes of the list of entries at the end of the file, which is read into memory. */
    static final int DIRECTORY_BYTES = 4 << 20;

    static final Settings KEYS = Settings.of(Admission.PID)
            .number(JAR, 64 * MIB, 1024, 1024 * MIB)
            .number(UNPACKED, 256 * MIB, 1024, 4096 * MIB)
            .number(ENTRIES, 20_000, 1, 65_534)
            .build();

    static JarLimits of(Settings.Values values) {
        return new JarLimits(values.number(JAR), values.number(UNPACKED), values.integer(ENTRIES));
    }
}
