package symphony.dispatcher;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TypedHandler;

/**
 * Finds the type that a {@link TypedHandler} wants: in the generic signature of its class, through superclasses and
 * interfaces that pass type variables on; else by the name in {@link HandlerConstants#TYPE}.
 */
final class HandlerType {
    private static final Logger log = LoggerFactory.getLogger(HandlerType.class);

    private HandlerType() {}

    static Class<?> of(TypedHandler<?> handler, HandlerSource source, String typeName) {
        Class<?> found = fromSignature(handler.getClass());
        if (found != null) {
            return found;
        }
        if (typeName.isEmpty()) {
            throw new UnusableHandlerException(
                    "the class " + handler.getClass().getName()
                            + " does not tell its type, as a lambda does not; name it in " + HandlerConstants.TYPE,
                    null);
        }
        return load(source, typeName);
    }

    /**
     * Looks for what keeps a component from being made: a class that its own one names and its bundle cannot load.
     *
     * @param className name of the component's class; nothing happens if there is none of that name
     * @throws UnusableHandlerException if there is such a class
     */
    static void checkComponent(HandlerSource source, String className) {
        try {
            Class<?> component = source.loadType(className);
            fromSignature(component);
            component.getDeclaredConstructors(); // each of the three links what it names
            component.getDeclaredFields();
            component.getDeclaredMethods();
        } catch (ClassNotFoundException e) {
            log.debug("{} has no class {}, as a component may have another name than its class", source, className, e);
        } catch (LinkageError e) {
            throw incomplete(className, e);
        }
    }

    private static UnusableHandlerException incomplete(String className, Throwable e) {
        return new UnusableHandlerException(
                "the class " + className + " wants a type that its bundle cannot load (" + FailureText.of(e)
                        + "); import its package",
                e);
    }

    /** Loads the type that a property names. */
    static Class<?> load(HandlerSource source, String typeName) {
        try {
            return source.loadType(typeName);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new UnusableHandlerException(
                    "property " + HandlerConstants.TYPE + " is " + typeName + ", which " + source.owner()
                            + " cannot load (" + FailureText.of(e) + "); import its package or mend the name",
                    e);
        }
    }

    private static Class<?> fromSignature(Class<?> handler) {
        try {
            return search(handler, Map.of());
        } catch (TypeNotPresentException | LinkageError e) {
            throw incomplete(handler.getName(), e);
        }
    }

    /** Walks up from a class whose type variables are bound as given; null if the signature does not tell. */
    private static Class<?> search(Type type, Map<TypeVariable<?>, Type> outer) {
        Class<?> raw = raw(type, outer);
        if (raw == null || !TypedHandler.class.isAssignableFrom(raw)) {
            return null;
        }
        Map<TypeVariable<?>, Type> bound = bind(type, raw, outer);
        if (raw == TypedHandler.class) {
            Type wanted = bound.get(TypedHandler.class.getTypeParameters()[0]);
            return wanted == null ? null : raw(wanted, bound);
        }
        for (Type parent : raw.getGenericInterfaces()) {
            Class<?> found = search(parent, bound);
            if (found != null) {
                return found;
            }
        }
        return raw.getGenericSuperclass() == null ? null : search(raw.getGenericSuperclass(), bound);
    }

    private static Map<TypeVariable<?>, Type> bind(Type type, Class<?> raw, Map<TypeVariable<?>, Type> outer) {
        var bound = new HashMap<TypeVariable<?>, Type>();
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            TypeVariable<?>[] variables = raw.getTypeParameters();
            for (int i = 0; i < arguments.length; i++) {
                Type argument = arguments[i] instanceof TypeVariable<?> variable ? outer.get(variable) : arguments[i];
                if (argument != null) {
                    bound.put(variables[i], argument);
                }
            }
        }
        return bound;
    }

    private static Class<?> raw(Type type, Map<TypeVariable<?>, Type> bound) {
        if (type instanceof Class<?> c) {
            return c;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        if (type instanceof GenericArrayType array) {
            Class<?> component = raw(array.getGenericComponentType(), bound);
            return component == null ? null : Array.newInstance(component, 0).getClass();
        }
        return null;
    }
}
