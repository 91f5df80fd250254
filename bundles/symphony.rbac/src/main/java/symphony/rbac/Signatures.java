package symphony.rbac;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;

/**
 * Who has signed the bundles of each principal, as far as that is known. Immutable.
 *
 * @param signers fingerprints of those who signed all bundles of that name, by principal; of others it is not known
 * @param problem why it is known of nobody; empty if it is
 */
record Signatures(Map<String, Set<String>> signers, String problem) {
    Signatures {
        signers = Map.copyOf(signers);
    }

    static Signatures of(Map<String, Set<String>> signers) {
        return new Signatures(signers, "");
    }

    /** Nothing is known. */
    static Signatures unknown(String why) {
        return new Signatures(Map.of(), why);
    }

    /** The same, but nothing is known of this principal. */
    Signatures without(String principal) {
        var less = new HashMap<>(signers);
        less.remove(principal);
        return new Signatures(less, problem);
    }

    /**
     * Whether all bundles of a principal are signed by somebody.
     *
     * @throws AccessUndecidedException if that is not known
     */
    boolean areBy(String signer, String principal, Permission permission) {
        Set<String> its = signers.get(principal);
        if (its == null) {
            throw new AccessUndecidedException(
                    principal, permission, "it is not known now whether it is signed as the policy demands");
        }
        return its.contains(signer);
    }
}
