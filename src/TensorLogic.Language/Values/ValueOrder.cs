using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Values;

/// <summary>Equality (4.9) and order (9.3) of values.</summary>
internal static class ValueOrder
{
    /// <summary>Structural equality; int and float by value; a bool equals no number. Tensors are equal if shapes and elements are.</summary>
    public static bool AreEqual(Value a, Value b)
    {
        if (a.IsNumber && b.IsNumber) return CompareNumbers(a, b) == 0;
        if (a.Kind != b.Kind) return false;
        switch (a.Kind)
        {
            case ValueKind.None: return true;
            case ValueKind.Bool or ValueKind.Dtype: return a.Bits == b.Bits;
            case ValueKind.String: return (string)a.Content! == (string)b.Content!;
            case ValueKind.List:
                ListValue x = (ListValue)a.Content!, y = (ListValue)b.Content!;
                if (x.Count != y.Count) return false;
                for (int i = 0; i < x.Count; i++)
                    if (!AreEqual(x[i], y[i])) return false;
                return true;
            case ValueKind.Record:
                RecordValue p = (RecordValue)a.Content!, q = (RecordValue)b.Content!;
                return p.Count == q.Count && p.All(field => q.TryGetValue(field.Key, out Value other) && AreEqual(field.Value, other));
            case ValueKind.Range or ValueKind.Relation: return a.Content!.Equals(b.Content);
            case ValueKind.Tensor:
                Tensor s = a.AsTensor(), t = b.AsTensor();
                return s.Shape == t.Shape && TensorConversion.ReadDoubles(s).AsSpan().SequenceEqual(TensorConversion.ReadDoubles(t));
            default: return ReferenceEquals(a.Content, b.Content);
        }
    }

    /// <summary>Bools before numbers before strings before lists; null for values without an order.</summary>
    public static int? Compare(Value a, Value b)
    {
        int x = Class(a), y = Class(b);
        if (x < 0 || y < 0) return null;
        if (x != y) return x.CompareTo(y);
        switch (x)
        {
            case 0: return a.Bits.CompareTo(b.Bits);
            case 1: return CompareNumbers(a, b) ?? double.IsNaN(a.AsFloat()).CompareTo(double.IsNaN(b.AsFloat()));
            case 2: return Similarity.CompareCodePoints((string)a.Content!, (string)b.Content!);
        }
        ListValue left = (ListValue)a.Content!, right = (ListValue)b.Content!;
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
            if (Compare(left[i], right[i]) is not { } order) return null;
            else if (order != 0) return order;
        return left.Count.CompareTo(right.Count);
    }

    private static int Class(Value value) => value.IsBool ? 0 : value.IsNumber ? 1 : value.Kind == ValueKind.String ? 2 : value.Kind == ValueKind.List ? 3 : -1;

    /// <summary>By exact value; null if one is not a number.</summary>
    public static int? CompareNumbers(Value a, Value b)
    {
        if (a.IsInt && b.IsInt) return a.Bits.CompareTo(b.Bits);
        if (a.IsInt) return -Compare(b.Double, a.Bits);
        if (b.IsInt) return Compare(a.Double, b.Bits);
        double x = a.Double, y = b.Double;
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : null;
    }

    private static int? Compare(double x, long y)
    {
        if (double.IsNaN(x)) return null;
        if (x >= 9223372036854775808.0) return 1;
        if (x < -9223372036854775808.0) return -1;
        long whole = (long)x;
        return whole != y ? whole.CompareTo(y) : (x - whole).CompareTo(0.0);
    }
}
