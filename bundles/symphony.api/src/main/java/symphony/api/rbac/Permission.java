package symphony.api.rbac;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What somebody wants to do, written {@code domain:action:instance}, as in {@code event:publish:orders/new}.
 * Case-sensitive. The instance may hold colons, the other two parts may not.
 *
 * @param domain the area, as {@code event}, {@code schedule}, {@code dispatcher}; not empty
 * @param action what is done, as {@code publish}; not empty
 * @param instance what it is done to: a topic, a subscription's identity, a model's name; not empty
 */
@ProviderType
public record Permission(String domain, String action, String instance) {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if a part is empty, or domain or action hold a colon
     */
    public Permission {
        part("domain", domain);
        part("action", action);
        if (Objects.requireNonNull(instance, "instance").isEmpty()) {
            throw new IllegalArgumentException("permission " + domain + ":" + action + ": has no instance");
        }
    }

    /**
     * Reads a permission.
     *
     * @param text {@code domain:action:instance}
     * @return the permission
     * @throws IllegalArgumentException if the text has not three parts
     */
    public static Permission of(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "permission '" + text + "' is not of the form domain:action:instance, as event:publish:orders/new");
        }
        return new Permission(parts[0], parts[1], parts[2]);
    }

    @Override
    public String toString() {
        return domain + ':' + action + ':' + instance;
    }

    private static void part(String name, String value) {
        if (Objects.requireNonNull(value, name).isEmpty() || value.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "permission " + name + " '" + value + "' must not be empty and must not hold a colon");
        }
    }
}
