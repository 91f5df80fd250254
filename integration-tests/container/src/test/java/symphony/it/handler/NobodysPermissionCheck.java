package symphony.it.handler;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What would let everybody by, if it were in the place of the real one. Its name is as long as that one's. */
public final class NobodysPermissionCheck {
    private NobodysPermissionCheck() {}

    /** As the real one is called. */
    public static CallSite link(MethodHandles.Lookup caller, String method, MethodType type, String... patterns) {
        return new ConstantCallSite(MethodHandles.empty(type));
    }
}
