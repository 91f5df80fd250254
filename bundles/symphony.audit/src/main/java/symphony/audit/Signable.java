package symphony.audit;

/** What is signed: its bytes begin with a label of their own, so that no signature over one thing is one over another. */
@FunctionalInterface
interface Signable {
    byte[] bytes();
}
