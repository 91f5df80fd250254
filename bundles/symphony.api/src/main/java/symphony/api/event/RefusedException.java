package symphony.api.event;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Somebody asked for an exception where an event was refused, see {@link Receipt#orThrow()}. */
@ProviderType
public class RefusedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final transient List<Refusal> refusals;

    /**
     * Tells who refused, and why.
     *
     * @param what what was refused
     * @param refusals at least one
     */
    public RefusedException(String what, List<Refusal> refusals) {
        super(what + " was refused by " + refusals.size() + ": " + refusals.get(0) + (refusals.size() > 1 ? " …" : ""));
        this.refusals = List.copyOf(refusals);
    }

    /**
     * Who refused, and why.
     *
     * @return at least one, unless the exception was serialised
     */
    public List<Refusal> refusals() {
        return refusals == null ? List.of() : refusals;
    }
}
