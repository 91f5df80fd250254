package symphony.rbac.weaver;

import java.util.Optional;

/** Finds the types that a class refers to, as its loader would, but without loading any. Thread-safe. */
interface Types {
    /**
     * Finds a type.
     *
     * @param name with slashes
     * @return the type, empty if there is none
     * @throws UnguardableException if its class file cannot be read
     */
    Optional<KnownType> find(String name);

    /**
     * Finds a type, but not where looking for it could make a wire or fail.
     *
     * @param name with slashes
     * @return the type, empty if there is none, or none yet
     */
    default Optional<KnownType> findWired(String name) {
        return find(name);
    }
}
