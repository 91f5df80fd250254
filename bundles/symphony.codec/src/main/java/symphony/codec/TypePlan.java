package symphony.codec;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Finds the reader of a type, generic or not. */
final class TypePlan {
    private static final String ALLOWED =
            "primitive types and their wrappers but char, Number, String, enums, BigInteger,"
                    + " BigDecimal, Instant, Duration, UUID, byte[], Object, records without type parameters, and List, Collection, Set,"
                    + " Map<String, …> and arrays of these";

    private final PerClass<TypeReader> types;

    /**
     * Finds readers.
     *
     * @param types where readers of records are looked up when they are used, so that a record may hold itself
     */
    TypePlan(PerClass<TypeReader> types) {
        this.types = types;
    }

    /** The reader of a class as such, a record included. */
    TypeReader of(Class<?> type) {
        return type.isRecord() ? RecordReader.of(type, this) : of((Type) type);
    }

    /** The reader of a component's or an element's type. */
    TypeReader of(Type type) {
        if (type instanceof Class<?> plain) {
            return ofClass(plain);
        }
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(generic);
        }
        if (type instanceof WildcardType wildcard) {
            return of(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof GenericArrayType array && erased(array.getGenericComponentType()) != null) {
            return array(erased(array.getGenericComponentType()), of(array.getGenericComponentType()));
        }
        throw unknown(type);
    }

    private TypeReader ofClass(Class<?> type) {
        TypeReader scalar = Scalars.of(type);
        if (scalar != null) {
            return scalar;
        }
        if (type.isRecord()) {
            checkParameters(type);
            return in -> types.get(type).read(in);
        }
        if (type.isArray() && type != char[].class) {
            return array(type.getComponentType(), of((Type) type.getComponentType()));
        }
        return container(type, type, Scalars.of(Object.class));
    }

    private TypeReader ofGeneric(ParameterizedType type) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw == Map.class && erased(arguments[0]) != String.class) {
            throw new Mismatch("has type " + type.getTypeName() + "; keys of data are strings, write Map<String, …>");
        }
        return container(raw, type, of(arguments[arguments.length - 1]));
    }

    private static TypeReader container(Class<?> raw, Type shown, TypeReader element) {
        if (raw == List.class || raw == Collection.class) {
            return list(element, shown, Collections::unmodifiableList);
        }
        if (raw == Set.class) {
            return list(element, shown, TypePlan::distinct);
        }
        if (raw == Map.class) {
            return in -> map(in, element);
        }
        throw unknown(shown);
    }

    private static TypeReader array(Class<?> component, TypeReader element) {
        return list(element, component.arrayType(), elements -> copy(component, elements));
    }

    private static TypeReader list(TypeReader element, Type shown, Function<List<Object>, Object> made) {
        return in -> {
            List<Object> elements = elements(in, element, shown);
            return elements == null ? null : made.apply(elements);
        };
    }

    private static Object copy(Class<?> component, List<?> list) {
        Object array = Array.newInstance(component, list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, list.get(i));
        }
        return array;
    }

    /** The elements of the next value, null if that is null. */
    private static List<Object> elements(CborReader in, TypeReader element, Type expected) {
        if (!in.nextIs(Cbor.LIST)) {
            TypeReader.onlyNull(in, expected.getTypeName());
            return null;
        }
        int size = in.openList();
        var list = new ArrayList<Object>(Math.min(size, CborReader.FIRST_ELEMENTS));
        for (int i = 0; i < size; i++) {
            try {
                list.add(element.read(in));
            } catch (Mismatch e) {
                throw e.in(i);
            }
        }
        in.close();
        return list;
    }

    private static Set<?> distinct(List<?> list) {
        var set = new LinkedHashSet<Object>(list);
        if (set.size() != list.size()) {
            throw new Mismatch("has an element twice, expected is a Set");
        }
        return Collections.unmodifiableSet(set);
    }

    private static Map<String, Object> map(CborReader in, TypeReader element) {
        if (!in.nextIs(Cbor.MAP)) {
            TypeReader.onlyNull(in, "a Map");
            return null;
        }
        int size = in.openMap();
        var map = new LinkedHashMap<String, Object>(CborReader.tableSize(size));
        for (int i = 0; i < size; i++) {
            String key = in.key();
            if (map.containsKey(key)) {
                throw in.twice(key);
            }
            try {
                map.put(key, element.read(in));
            } catch (Mismatch e) {
                throw e.in(key);
            }
        }
        in.close();
        return Collections.unmodifiableMap(map);
    }

    /** The class of a type; null for a type variable. */
    private static Class<?> erased(Type type) {
        if (type instanceof WildcardType wildcard) {
            return erased(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof ParameterizedType generic) {
            return (Class<?>) generic.getRawType();
        }
        if (type instanceof GenericArrayType array) {
            Class<?> component = erased(array.getGenericComponentType());
            return component == null ? null : component.arrayType();
        }
        return type instanceof Class<?> plain ? plain : null;
    }

    /** What stands for a type parameter cannot be known when the bytes are read. */
    static void checkParameters(Class<?> record) {
        if (record.getTypeParameters().length > 0) {
            throw new Mismatch("record " + record.getName() + " has type parameters, data cannot fill it");
        }
    }

    private static Mismatch unknown(Type type) {
        return new Mismatch("has type " + type.getTypeName() + ", which data cannot fill; allowed are " + ALLOWED);
    }
}
