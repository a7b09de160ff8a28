namespace TensorLogic.Language.Diagnostics;

/// <summary>The similarity of names that hints go by (16.5).</summary>
internal static class Similarity
{
    private const double Least = 0.75;
    private const int LongestName = 256;   // the comparison is quadratic; nobody misspells more than this

    /// <summary>The most similar name, if it is similar enough; of equally similar ones the last in code point order.</summary>
    public static string? Closest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > LongestName) return null;
        string? best = null;
        double bestScore = Least;
        foreach (string candidate in candidates)
        {
            if (candidate == name || candidate.Length > LongestName) continue;
            double score = Of(name, candidate);
            if (score > bestScore || score == bestScore && (best is null || CompareCodePoints(candidate, best) > 0))
                (best, bestScore) = (candidate, score);
        }
        return best;
    }

    /// <summary>2·M / sum of the lengths, M the total length of matching blocks.</summary>
    public static double Of(string a, string b) => a.Length + b.Length == 0 ? 1 : 2.0 * Matching(a, b) / (a.Length + b.Length);

    /// <summary>The longest common substring, then the same to its left and right.</summary>
    private static int Matching(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int length = 0, startA = 0, startB = 0;
        for (int i = 0; i < a.Length; i++)
            for (int j = 0; j < b.Length; j++)
            {
                int common = a[i..].CommonPrefixLength(b[j..]);
                if (common > length) (length, startA, startB) = (common, i, j);
            }
        return length == 0 ? 0 : length + Matching(a[..startA], b[..startB]) + Matching(a[(startA + length)..], b[(startB + length)..]);
    }

    /// <summary>Compares by Unicode code point; UTF-16 order differs beyond the basic plane.</summary>
    public static int CompareCodePoints(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length.CompareTo(b.Length);
        bool surrogateA = char.IsSurrogate(a[common]), surrogateB = char.IsSurrogate(b[common]);
        return surrogateA == surrogateB ? a[common].CompareTo(b[common]) : surrogateA ? 1 : -1;
    }
}
