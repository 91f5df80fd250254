package symphony.api.crypto;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A key cannot be destroyed, since there are things that only it opens. */
@ProviderType
public class KeyInUseException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final transient List<KeyAdmin.Use> uses;

    /**
     * Tells where.
     *
     * @param message what names the key, and how to go on
     * @param uses the same for programs; copied
     */
    public KeyInUseException(String message, List<KeyAdmin.Use> uses) {
        super(message);
        this.uses = List.copyOf(uses);
    }

    /**
     * What names the key.
     *
     * @return unmodifiable; null after serialization
     */
    public List<KeyAdmin.Use> uses() {
        return uses;
    }
}
