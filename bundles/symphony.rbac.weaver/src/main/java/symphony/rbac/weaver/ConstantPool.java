package symphony.rbac.weaver;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/** What a class file names, without a look at the rest of it (JVMS 4.4). Needs some microseconds. */
final class ConstantPool {
    private static final int START = 10;
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;

    /** By tag: the bytes after the tag; 0 for tags that there are not, and for text. */
    private static final int[] SIZES = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};

    private ConstantPool() {}

    /** Texts to look for. */
    static final class Texts {
        private final Set<String> texts;
        private final Set<Integer> lengths;

        /** Of ASCII. */
        Texts(Set<String> texts) {
            this.texts = texts;
            this.lengths = texts.stream().map(String::length).collect(Collectors.toSet());
        }

        private boolean contain(byte[] file, int at, int length) {
            return lengths.contains(length)
                    && texts.contains(new String(file, at, length, StandardCharsets.ISO_8859_1));
        }
    }

    /**
     * Whether a class file names one of some texts.
     *
     * @return also true if it has constants of a kind that came after Java 25; false if it is cut off
     */
    static boolean names(byte[] file, Texts sought) {
        int count = file.length < START ? 0 : unsigned(file, START - 2);
        int at = START;
        for (int i = 1; i < count && at + 2 < file.length; i++) {
            int tag = file[at];
            if (tag == UTF8) {
                int length = unsigned(file, at + 1);
                if (at + 3 + length > file.length) {
                    return false;
                }
                if (sought.contain(file, at + 3, length)) {
                    return true;
                }
                at += 3 + length;
            } else if (tag < 0 || tag >= SIZES.length || SIZES[tag] == 0) {
                return true;
            } else {
                at += 1 + SIZES[tag];
                i += tag == LONG || tag == DOUBLE ? 1 : 0; // they count twice
            }
        }
        return false;
    }

    private static int unsigned(byte[] file, int at) {
        return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
    }
}
