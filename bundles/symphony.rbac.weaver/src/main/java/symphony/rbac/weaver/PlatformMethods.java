package symphony.rbac.weaver;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.objectweb.asm.Type;

/** Methods of types of the JDK. Those may be loaded: they are there before whatever extends them. */
final class PlatformMethods {
    private PlatformMethods() {}

    /**
     * Whether a type is one of the JDK, whose class files may be of a newer Java than anybody else can read.
     *
     * @param className with slashes
     */
    static boolean isThere(String className) {
        return ClassLoader.getPlatformClassLoader().getResource(className + ".class") != null;
    }

    /** Whether a type of the JDK is an enum. */
    static boolean isEnum(String className) {
        return load(className).isEnum();
    }

    /** Whether what is of a type of the JDK is a text. */
    static boolean isText(String className) {
        return CharSequence.class.isAssignableFrom(load(className));
    }

    /**
     * The flags of a method that a subclass inherits.
     *
     * @param className with slashes
     * @return empty if there is no such method
     */
    static Optional<Integer> access(String className, Signature signature) {
        return Stream.<Class<?>>iterate(load(className), Objects::nonNull, Class::getSuperclass)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> is(method, signature))
                .map(Method::getModifiers)
                .filter(flags -> Modifier.isPublic(flags) || Modifier.isProtected(flags))
                .filter(flags -> !Modifier.isStatic(flags))
                .findFirst();
    }

    /**
     * Whether an interface has a method with code that its implementers inherit.
     *
     * @param interfaceName with slashes
     */
    static boolean hasDefault(String interfaceName, Signature signature) {
        return Stream.of(load(interfaceName).getMethods())
                .anyMatch(method -> method.isDefault() && is(method, signature));
    }

    private static boolean is(Method method, Signature signature) {
        return method.getName().equals(signature.name())
                && Type.getMethodDescriptor(method).equals(signature.descriptor());
    }

    private static Class<?> load(String typeName) {
        String name = typeName.replace('/', '.');
        try {
            return Class.forName(name, false, ClassLoader.getPlatformClassLoader());
        } catch (ClassNotFoundException e) {
            throw new UnguardableException("the supertype " + name + " is not there", e);
        }
    }
}
