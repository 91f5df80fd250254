package symphony.rbac.weaver;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Types by the class files that one loader finds. Thread-safe. */
final class LoaderTypes implements Types {
    private final ClassLoader loader;

    LoaderTypes(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public Optional<KnownType> find(String name) {
        return PlatformMethods.isThere(name)
                ? Optional.of(KnownType.ofPlatform(name))
                : bytes(loader, name).map(bytes -> new KnownType(ClassSummary.of(name, bytes), this));
    }

    /** Of a class file. */
    static Optional<byte[]> bytes(ClassLoader loader, String name) {
        try (InputStream in = loader.getResourceAsStream(name + ".class")) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UnguardableException("the class file of " + name.replace('/', '.') + " cannot be read", e);
        }
    }
}
