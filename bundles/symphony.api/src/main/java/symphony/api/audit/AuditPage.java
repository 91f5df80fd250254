package symphony.api.audit;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Some records of the trail.
 *
 * @param records in their order
 * @param next from which sequence on to ask for more: now, or once more is there; see {@link AuditTrail#find}
 * @param isEnd whether nothing follows at this moment; else there may be more, although {@code records} is empty
 */
@ProviderType
public record AuditPage(List<AuditRecord> records, long next, boolean isEnd) {
    /** Copies the list. */
    public AuditPage {
        records = List.copyOf(records);
    }
}
