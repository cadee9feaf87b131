package dev.rootbound.app;

import java.util.Comparator;

/** Texts as people count: {@code net2} is before {@code net10}, as in Docker's tables. */
enum NaturalOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String left, String right) {
        int l = 0;
        int r = 0;
        while (l < left.length() && r < right.length()) {
            int leftEnd = digits(left, l);
            int rightEnd = digits(right, r);
            if (leftEnd == l || rightEnd == r) {
                int order = Character.compare(left.charAt(l++), right.charAt(r++));
                if (order != 0) return order;
                continue;
            }
            int order = number(left.substring(l, leftEnd), right.substring(r, rightEnd));
            if (order != 0) return order;
            l = leftEnd;
            r = rightEnd;
        }
        return Integer.compare(left.length() - l, right.length() - r);
    }

    /** Where the digits that begin there end. */
    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') end++;
        return end;
    }

    private static int number(String left, String right) {
        return new java.math.BigInteger(left).compareTo(new java.math.BigInteger(right));
    }
}
