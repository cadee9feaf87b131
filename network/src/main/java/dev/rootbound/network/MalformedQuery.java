package dev.rootbound.network;

/** A message that is no query of RFC 1035: it is answered with FORMERR. */
final class MalformedQuery extends Exception {
    private static final long serialVersionUID = 1;

    MalformedQuery(String message) {
        super(message, null, false, false); // a container can have any number of them made
    }
}
