package symphony.admission;

import java.util.Locale;

/** Which entries of a jar make up its signatures (JAR File Specification, Signed JAR File). */
final class SignatureFiles {
    static final String FOLDER = "META-INF/";
    static final String MANIFEST = "META-INF/MANIFEST.MF";
    static final String SUFFIX = ".SF";

    private SignatureFiles() {}

    static boolean isSignature(String name) {
        return isIn(name) && name.toUpperCase(Locale.ROOT).endsWith(SUFFIX);
    }

    /** Whether an entry is a part of signatures, so that none of them covers it. */
    static boolean isPart(String name) {
        if (!isIn(name)) {
            return false;
        }
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.endsWith(SUFFIX)
                || upper.endsWith(".RSA")
                || upper.endsWith(".DSA")
                || upper.endsWith(".EC")
                || upper.startsWith(FOLDER + "SIG-");
    }

    /** Whether an entry is a part of signatures other than the file with the digests. */
    static boolean isBlock(String name) {
        return isPart(name) && !isSignature(name);
    }

    /** Which signature a part belongs to: its name, but for what tells the parts from each other. */
    static String signature(String part) {
        int dot = part.lastIndexOf('.');
        return (dot < 0 ? part : part.substring(0, dot)).toUpperCase(Locale.ROOT);
    }

    /** How many bytes an entry may have, besides the limit for all. */
    static long mostBytes(String name) {
        if (isBlock(name)) {
            return JarLimits.BLOCK_BYTES;
        }
        return name.equals(MANIFEST) || isSignature(name) ? JarLimits.HEADER_BYTES : Long.MAX_VALUE;
    }

    private static boolean isIn(String name) {
        return name.startsWith(FOLDER) && name.indexOf('/', FOLDER.length()) < 0;
    }
}
