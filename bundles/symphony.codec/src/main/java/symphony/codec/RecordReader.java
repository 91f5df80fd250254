package symphony.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Fills a record from the next value, a map: components by name, others ignored (but read as strictly). Immutable,
 * thread-safe.
 */
final class RecordReader implements TypeReader {
    private final Constructor<?> constructor;
    private final String[] names;

    /** The names as the writer writes keys; they are compared as bytes, and no string is made of them. */
    private final byte[][] keys;

    private final Class<?>[] componentTypes;
    private final TypeReader[] readers;

    private RecordReader(
            Constructor<?> constructor,
            String[] names,
            byte[][] keys,
            Class<?>[] componentTypes,
            TypeReader[] readers) {
        this.constructor = constructor;
        this.names = names;
        this.keys = keys;
        this.componentTypes = componentTypes;
        this.readers = readers;
    }

    static RecordReader of(Class<?> type, TypePlan plan) {
        TypePlan.checkParameters(type);
        RecordComponent[] components = type.getRecordComponents();
        String[] names = Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new);
        var readers = new TypeReader[components.length];
        for (int i = 0; i < components.length; i++) {
            try {
                readers[i] = plan.of(components[i].getGenericType());
            } catch (Mismatch e) {
                throw new Mismatch("component " + names[i] + " of record " + type.getName() + " " + e.getMessage());
            }
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        byte[][] keys = Arrays.stream(names).map(RecordReader::encoded).toArray(byte[][]::new);
        return new RecordReader(constructor(type, types), names, keys, types, readers);
    }

    private static byte[] encoded(String key) {
        var writer = new CborWriter(CodecLimits.MOST_BYTES, key.length() + 1, 0, 0);
        writer.key(key);
        return writer.toBytes(0);
    }

    private static Constructor<?> constructor(Class<?> type, Class<?>[] parameters) {
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(parameters);
            // Records of bundles need not be public, nor in an exported package.
            canonical.setAccessible(true);
            return canonical;
        } catch (NoSuchMethodException | InaccessibleObjectException e) {
            throw new Mismatch("record " + type.getName() + " cannot be made; open its package to symphony.codec", e);
        }
    }

    @Override
    public Object read(CborReader in) {
        if (!in.nextIs(Cbor.MAP)) {
            return TypeReader.onlyNull(in, "a Map for record " + name());
        }
        var values = new Object[names.length];
        var seen = new boolean[names.length];
        Set<String> others = null;
        int size = in.openMap();
        for (int i = 0; i < size; i++) {
            int index = component(in, i);
            if (index >= 0) {
                values[index] = read(in, index, seen);
            } else {
                others = others == null ? new HashSet<>() : others;
                skip(in, others);
            }
        }
        in.close();
        checkMissing(seen);
        return make(values);
    }

    /** The component whose name is the next key, which is skipped; -1 if there is none. Most data has them in order. */
    private int component(CborReader in, int expected) {
        if (expected < keys.length && in.skipKey(keys[expected])) {
            return expected;
        }
        for (int i = 0; i < keys.length; i++) {
            if (in.skipKey(keys[i])) {
                return i;
            }
        }
        return -1;
    }

    private Object read(CborReader in, int index, boolean[] seen) {
        if (seen[index]) {
            throw in.twice(names[index]);
        }
        seen[index] = true;
        try {
            return readers[index].read(in);
        } catch (Mismatch e) {
            throw e.in(names[index]);
        }
    }

    private static void skip(CborReader in, Set<String> others) {
        String key = in.key();
        if (!others.add(key)) {
            throw in.twice(key);
        }
        try {
            in.any();
        } catch (Mismatch e) {
            throw e.in(key);
        }
    }

    private void checkMissing(boolean[] seen) {
        for (int i = 0; i < seen.length; i++) {
            if (!seen[i] && !readers[i].takesNull()) {
                throw new Mismatch("is missing, expected is " + componentTypes[i] + " for record " + name())
                        .in(names[i]);
            }
        }
    }

    private Object make(Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof VirtualMachineError error) {
                throw error;
            }
            throw new Mismatch("record " + name() + " refuses it: " + e.getCause(), e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new Mismatch("record " + name() + " cannot be made", e);
        }
    }

    private String name() {
        return constructor.getDeclaringClass().getName();
    }
}
