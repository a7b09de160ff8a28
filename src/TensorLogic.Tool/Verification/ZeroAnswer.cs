namespace TensorLogic.Tool.Verification;

/// <summary>Finds cases that an answer of zeros would pass.</summary>
internal static class ZeroAnswer
{
    /// <summary>True if tensors of zeros lie within the limits of everything that is expected. Cases that expect labels, numbers or
    /// dictionaries, or compare shapes only, are not counted.</summary>
    public static bool Passes(CaseRecord record, IModel? expected, bool strict)
    {
        if (record.ShapesOnly || record.JsonExpected.Count > 0 || expected is null) return false;
        foreach (ModelTensor stored in expected.Tensors.Values)
        {
            using Tensor tensor = stored.Read();
            double[] wanted = Numbers.Of(tensor);
            Limits limits = Limits.For(record, strict, wanted.Select(Math.Abs).DefaultIfEmpty().Max());
            if (wanted.Count(value => !limits.Allow(0, value)) > record.MismatchRatio * wanted.Length) return false;
        }
        return true;
    }
}
