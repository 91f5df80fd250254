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
 * @param wanted at least one
 */
@ProviderType
public record Demand(Mode mode, List<Wanted> wanted) {
    /**
     * Checks that there is a permission, and copies the list.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Demand {
        Objects.requireNonNull(mode, "mode");
        wanted = List.copyOf(wanted);
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("a demand for no permission at all demands nothing; name one");
        }
    }

    /**
     * A permission that a call needs.
     *
     * @param permission the permission; with {@code {n}} for an argument that it cannot have
     * @param problem why nobody has it, since an argument cannot stand in it; empty if somebody may
     */
    @ProviderType
    public record Wanted(Permission permission, String problem) {
        /** Checks that there are both. */
        public Wanted {
            Objects.requireNonNull(permission, "permission");
            Objects.requireNonNull(problem, "problem");
        }
    }
}
