package dev.rootbound.network;

/** How a message of the DNS travels, RFC 1035 section 4.2. */
enum Transport {
    UDP {
        @Override
        int limit(Query query) {
            return Math.clamp(query.udpSize(), LEAST_UDP, Query.LARGEST_UDP);
        }
    },
    TCP {
        @Override
        int limit(Query query) {
            return LARGEST;
        }
    };

    /** What follows a length of two bytes. */
    static final int LARGEST = 0xFFFF;

    private static final int LEAST_UDP = 512;

    /** Of a reply to the query, in bytes. */
    abstract int limit(Query query);
}
