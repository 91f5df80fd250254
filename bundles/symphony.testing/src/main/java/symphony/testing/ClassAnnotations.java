package symphony.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The annotations of a class that reflection does not see, those of retention CLASS: read from its class file (JVM
 * specification, chapter 4). One thread only.
 */
final class ClassAnnotations {
    private static final int MAGIC = 0xCAFEBABE;

    private final DataInputStream in;
    private Object[] constants = {};

    private ClassAnnotations(DataInputStream in) {
        this.in = in;
    }

    /**
     * Reads them.
     *
     * @return by class name, each its members that were given, by name; arrays are lists, classes their names, annotations in annotations maps
     * @throws IllegalArgumentException if the class file cannot be read
     */
    static Map<String, Map<String, Object>> of(Class<?> type) {
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream bytes = type.getResourceAsStream(file)) {
            if (bytes == null) {
                throw new IllegalArgumentException(
                        type.getName() + " has no class file, so its annotations cannot be read; a lambda has neither");
            }
            return new ClassAnnotations(new DataInputStream(bytes)).read();
        } catch (IOException e) {
            throw new IllegalArgumentException("the class file of " + type.getName() + " cannot be read: " + e, e);
        }
    }

    private Map<String, Map<String, Object>> read() throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("it does not begin as a class file does");
        }
        in.skipNBytes(4); // version
        readConstants();
        in.skipNBytes(6); // access, this class, super class
        in.skipNBytes(2L * in.readUnsignedShort()); // interfaces
        skipMembers(); // fields
        skipMembers(); // methods
        var found = new LinkedHashMap<String, Map<String, Object>>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            Object name = constants[in.readUnsignedShort()];
            long length = Integer.toUnsignedLong(in.readInt());
            if (!"RuntimeInvisibleAnnotations".equals(name)) {
                in.skipNBytes(length);
                continue;
            }
            for (int annotations = in.readUnsignedShort(); annotations > 0; annotations--) {
                found.put(className(text(in.readUnsignedShort())), readMembers());
            }
        }
        return found;
    }

    private void readConstants() throws IOException {
        constants = new Object[in.readUnsignedShort()];
        for (int i = 1; i < constants.length; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> constants[i] = in.readUTF();
                case 3 -> constants[i] = in.readInt();
                case 4 -> constants[i] = in.readFloat();
                case 5 -> constants[i++] = in.readLong(); // takes two places, as a double does
                case 6 -> constants[i++] = in.readDouble();
                case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                case 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                default -> throw new IOException("constant " + i + " has the unknown tag " + tag);
            }
        }
    }

    private void skipMembers() throws IOException {
        for (int members = in.readUnsignedShort(); members > 0; members--) {
            in.skipNBytes(6); // access, name, descriptor
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                in.skipNBytes(2);
                in.skipNBytes(Integer.toUnsignedLong(in.readInt()));
            }
        }
    }

    private Map<String, Object> readMembers() throws IOException {
        var members = new LinkedHashMap<String, Object>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            members.put(text(in.readUnsignedShort()), readValue());
        }
        return members;
    }

    private Object readValue() throws IOException {
        char tag = (char) in.readUnsignedByte();
        return switch (tag) {
            case 's', 'I', 'J', 'F', 'D' -> constants[in.readUnsignedShort()];
            case 'c' -> className(text(in.readUnsignedShort()));
            case 'Z' -> number() != 0;
            case 'B' -> (byte) number();
            case 'S' -> (short) number();
            case 'C' -> (char) number();
            case 'e' -> {
                in.skipNBytes(2); // the enum's type
                yield text(in.readUnsignedShort());
            }
            case '@' -> {
                in.skipNBytes(2); // the annotation's type
                yield readMembers();
            }
            case '[' -> readValues();
            default -> throw new IOException("an annotation has a value of the unknown kind " + tag);
        };
    }

    private List<Object> readValues() throws IOException {
        var values = new ArrayList<Object>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            values.add(readValue());
        }
        return values;
    }

    private int number() throws IOException {
        return (Integer) constants[in.readUnsignedShort()];
    }

    /** {@code La/b/C$D;} is {@code a.b.C$D}. */
    private static String className(String descriptor) {
        return descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    }

    private String text(int index) {
        return (String) constants[index];
    }
}
