package symphony.it.handler;

import java.util.concurrent.Callable;

/** Nothing is demanded of it; another class of its bundle cannot be woven. */
public final class OpenVault implements Callable<String> {
    @Override
    public String call() {
        return "open";
    }
}
