package symphony.rbac.weaver;

import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;

/** What the framework calls for each class. */
final class GuardHook implements WeavingHook {
    /*
     * Whatever else than a WeavingException leaves a hook, the framework calls that hook never again, and loads all later
     * classes without it. So nothing else may leave this one, and a class may be loaded where no stack or no memory is left. Its
     * only method therefore calls nothing outside its try block and needs less stack than the framework does to give a hook up;
     * and what it throws then was made before.
     */
    private static final WeavingException NO_ROOM =
            new WeavingException("no memory or no stack was left to weave a class, which is therefore not loaded");

    private final Weaving weaving;

    GuardHook(Weaving weaving) {
        this.weaving = weaving;
    }

    @Override
    public void weave(WovenClass woven) {
        WeavingException refusal = NO_ROOM;
        try {
            refusal = weaving.weave(woven);
        } catch (Throwable t) { // it could not even say why
            refusal = NO_ROOM;
        }
        if (refusal != null) {
            throw refusal;
        }
    }
}
