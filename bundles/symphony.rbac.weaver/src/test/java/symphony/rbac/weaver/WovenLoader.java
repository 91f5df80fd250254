package symphony.rbac.weaver;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Loads classes woven: those that it was given, and those of the test's whose names begin so. */
final class WovenLoader extends ClassLoader {
    private final Map<String, byte[]> given = new LinkedHashMap<>();
    private final String prefix;
    private final Types types = this::find;

    /** Of the test's classes, whose names have slashes. */
    WovenLoader(String prefix) {
        super(WovenLoader.class.getClassLoader());
        this.prefix = prefix;
    }

    WovenLoader(Class<?> outer) {
        this(outer.getName().replace('.', '/'));
    }

    WovenLoader with(String name, byte[] bytes) {
        given.put(name, bytes);
        return this;
    }

    private Optional<KnownType> find(String name) {
        return bytes(name).map(bytes -> new KnownType(ClassSummary.of(name, bytes), types));
    }

    private Optional<byte[]> bytes(String name) {
        byte[] bytes = given.get(name);
        return bytes == null ? LoaderTypes.bytes(getParent(), name) : Optional.of(bytes);
    }

    /** As it would be defined; empty if it is left as it is. */
    Optional<byte[]> weave(String name) {
        byte[] bytes = bytes(name).orElseThrow();
        return ClassWeaver.weave(bytes, ClassSummary.of(name, bytes), types);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        String internal = name.replace('.', '/');
        if (!given.containsKey(internal) && !internal.startsWith(prefix)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = bytes(internal).orElseThrow(() -> new ClassNotFoundException(name));
                byte[] woven = weave(internal).orElse(bytes);
                loaded = defineClass(name, woven, 0, woven.length);
            }
            return loaded;
        }
    }
}
