package symphony.it.handler;

import symphony.it.host.HostContract;

/** Names no permission itself. */
public final class HostVault implements HostContract {
    @Override
    public String call() {
        return "by the host's contract";
    }
}
