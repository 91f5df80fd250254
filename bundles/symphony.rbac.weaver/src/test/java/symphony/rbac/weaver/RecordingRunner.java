package symphony.rbac.weaver;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.OperationCall;
import symphony.api.rbac.weaving.OperationCalls;
import symphony.api.rbac.weaving.OperationRunner;

/** Runs operations and notes them, in the order in which they begin. One thread only. */
final class RecordingRunner implements OperationRunner, AutoCloseable {
    /** As a provider sees it. */
    record Run(String method, String permission, String input, int maxInput, long millis) {}

    private final OperationCalls.Running running =
            OperationCalls.run(SecurityContext.issuer(MethodHandles.lookup()), this);
    private final List<Run> runs = new ArrayList<>();

    @Override
    public Object run(OperationCall call) throws Exception {
        runs.add(new Run(
                call.method(),
                call.permission().toString(),
                call.input().toString(),
                call.maxInput(),
                call.timeLimit().toMillis()));
        return call.call();
    }

    /** Since the last time. */
    List<Run> runs() {
        List<Run> before = List.copyOf(runs);
        runs.clear();
        return before;
    }

    @Override
    public void close() {
        running.close();
    }
}
