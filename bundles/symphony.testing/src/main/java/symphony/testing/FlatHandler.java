package symphony.testing;

import java.util.Map;
import symphony.dispatcher.HandlerSource;
import symphony.dispatcher.Owner;

/** A handler on the class path, in the place of a service. */
record FlatHandler(long serviceId, Owner owner, Object get, String defaultName, Map<String, ?> properties)
        implements HandlerSource {
    @Override
    public int ranking() {
        return 0;
    }

    @Override
    public boolean programmatic() {
        return false; // whoever subscribes by a program gives a grace of 0
    }

    @Override
    public void unget() {
        // There is nothing to give back: the object is the test's.
    }

    @Override
    public Class<?> loadType(String name) throws ClassNotFoundException {
        return Class.forName(name, false, get.getClass().getClassLoader());
    }
}
