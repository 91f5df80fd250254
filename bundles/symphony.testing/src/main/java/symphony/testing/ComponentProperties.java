package symphony.testing;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import symphony.api.event.HandlerConstants;

/**
 * What the annotations of a component class come to: {@code @Component}'s name, and the properties of the annotations in
 * {@code symphony.api.event.propertytypes}, by the rules of the DS specification (section 112.8.2).
 *
 * @param name the component's name
 * @param properties its properties
 */
record ComponentProperties(String name, Map<String, Object> properties) {
    private static final String COMPONENT = "org.osgi.service.component.annotations.Component";
    private static final String PROPERTY_TYPES = "symphony.api.event.propertytypes.";
    private static final String NAME = "name";
    private static final String VALUE = "value";

    static ComponentProperties of(Class<?> type) {
        Map<String, Map<String, Object>> annotations = ClassAnnotations.of(type);
        Map<String, Object> component = annotations.get(COMPONENT);
        if (component == null) {
            throw new IllegalArgumentException(
                    type.getName() + " is no @Component, so its properties are not known; give"
                            + " them: handler(handler, Map.of(\"" + HandlerConstants.TOPICS + "\", …))");
        }
        if (component.containsKey("property") || component.containsKey("properties")) {
            throw new IllegalArgumentException(
                    type.getName() + " has properties in @Component itself, which are not read"
                            + " here; use @Topics and its like, or give them: handler(handler, Map.of(\""
                            + HandlerConstants.TOPICS + "\", …))");
        }
        var properties = new HashMap<String, Object>();
        annotations.forEach((annotation, members) -> {
            if (annotation.startsWith(PROPERTY_TYPES)) {
                add(annotation, members, properties);
            }
        });
        return new ComponentProperties((String) component.getOrDefault(NAME, type.getName()), Map.copyOf(properties));
    }

    /** Adds each member, defaults included, as DS does; an array without elements says nothing. */
    private static void add(String annotation, Map<String, Object> given, Map<String, Object> properties) {
        try {
            Class<?> type = Class.forName(annotation);
            Method[] members = type.getDeclaredMethods();
            for (Method member : members) {
                Object value = given.getOrDefault(member.getName(), member.getDefaultValue());
                boolean single = members.length == 1 && member.getName().equals(VALUE);
                String key = single ? keyOf(type) : member.getName().replace('_', '.');
                if (!isEmptyArray(value)) {
                    properties.put(HandlerConstants.PREFIX + key, value);
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "annotation " + annotation + " is not on the class path; it is newer than this symphony.testing",
                    e);
        }
    }

    private static boolean isEmptyArray(Object value) {
        return value instanceof Object[] array && array.length == 0 || value instanceof List<?> list && list.isEmpty();
    }

    /** {@code OrderKey} is {@code order.key}. A marker without members adds nothing and never gets here. */
    private static String keyOf(Class<?> type) {
        return String.join(".", List.of(type.getSimpleName().split("(?<=[a-z0-9])(?=[A-Z])")))
                .toLowerCase(Locale.ROOT);
    }
}
