package symphony.api.rbac.weaving;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;

/**
 * What one annotation demands of a call, its arguments filled in.
 *
 * @param mode how many of the permissions are needed
 * @param permissions at least one
 */
@ProviderType
public record Demand(Mode mode, List<Permission> permissions) {
    /**
     * Checks that there is a permission, and copies the list.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Demand {
        Objects.requireNonNull(mode, "mode");
        permissions = List.copyOf(permissions);
        if (permissions.isEmpty()) {
            throw new IllegalArgumentException("a demand for no permission at all demands nothing; name one");
        }
    }
}
