package symphony.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/** The components of a record class, to be read in their order. Immutable, thread-safe. */
final class RecordParts {
    private static final MethodType READ = MethodType.methodType(Object.class, Object.class);

    private final Class<?> type;
    private final String[] names;
    private final MethodHandle[] readers;

    private RecordParts(Class<?> type, String[] names, MethodHandle[] readers) {
        this.type = type;
        this.names = names;
        this.readers = readers;
    }

    static RecordParts of(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        var names = new String[components.length];
        var readers = new MethodHandle[components.length];
        for (int i = 0; i < components.length; i++) {
            names[i] = components[i].getName();
            readers[i] = reader(type, components[i].getAccessor());
        }
        return new RecordParts(type, names, readers);
    }

    private static MethodHandle reader(Class<?> type, Method accessor) {
        try {
            // Records of bundles need not be public, nor in an exported package.
            accessor.setAccessible(true);
            return MethodHandles.lookup().unreflect(accessor).asType(READ);
        } catch (InaccessibleObjectException | IllegalAccessException e) {
            throw new Mismatch("record " + type.getName() + " cannot be read; open its package to symphony.codec", e);
        }
    }

    int size() {
        return names.length;
    }

    String name(int index) {
        return names[index];
    }

    Object value(Record owner, int index) {
        try {
            return (Object) readers[index].invokeExact((Object) owner);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            throw new Mismatch(
                    "the accessor in record " + type.getName() + " threw "
                            + e.getClass().getName(),
                    e);
        }
    }
}
