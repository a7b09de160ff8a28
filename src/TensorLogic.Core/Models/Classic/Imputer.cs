namespace TensorLogic.Models.Classic;

/// <summary>Puts values in the place of missing ones.</summary>
/// <remarks>A number or an element of an array is missing where it equals the replaced value; NaN if none is stated. A string or an integer is missing where it
/// equals the replaced value. Any optional input is missing where it is left out. Of a dictionary the keys that it lacks are added, and NaN values replaced.</remarks>
/// <param name="imputed">A double, long, string, double[], long[], or a dictionary feature.</param>
/// <param name="replaced">A double, long or string; null if none is stated.</param>
/// <param name="input">Name of the input.</param>
/// <param name="output">Name of the output.</param>
internal sealed class Imputer(object imputed, object? replaced, string input, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        Feature? feature = call.Find(input);
        if (imputed is Feature defaults) call.Set(output, Merge(feature, defaults.AsDictionary()));
        else if (imputed is string text) call.SetLabel(output, feature is null || replaced is string missing && feature.AsString() == missing ? text : feature.AsString());
        else if (feature is null or { Kind: FeatureKind.Int64 or FeatureKind.Double or FeatureKind.Tensor }) Numbers(call, feature);
        else throw call.WrongKind(input, feature.Kind, "numbers");
    }

    private void Numbers(ClassicCall call, Feature? feature)
    {
        double[] substitutes = imputed switch
        {
            double number => [number],
            long number => [number],
            double[] numbers => numbers,
            _ => Array.ConvertAll((long[])imputed, number => (double)number),
        };
        if (feature is null)
        {
            call.Set(output, substitutes);
            return;
        }
        if (feature.Kind == FeatureKind.Int64 && imputed is long integer)
        {
            call.SetLabel(output, replaced is long missing && feature.AsInt64() == missing ? integer : feature.AsInt64());
            return;
        }
        double[] x = call.NumbersOf(feature, input);
        if (substitutes.Length > 1) call.CheckCount(x.Length, substitutes.Length);
        double sought = replaced switch { double number => number, long number => number, _ => double.NaN };
        // Elements of narrow arrays are compared with what the value is there.
        if (feature.Kind == FeatureKind.Tensor && feature.AsTensor().ElementType == ElementType.Float32) sought = (float)sought;
        else if (feature.Kind == FeatureKind.Tensor && feature.AsTensor().ElementType == ElementType.Float16) sought = (double)(Half)sought;
        for (int i = 0; i < x.Length; i++)
            if (x[i].Equals(sought) || x[i] == sought) x[i] = substitutes[substitutes.Length == 1 ? 0 : i];
        call.Set(output, x, Shapes.Of(call, input, output));
    }

    private static Feature Merge(Feature? feature, FeatureDictionary defaults)
    {
        OrderedDictionary<object, double> merged = [];
        foreach ((object key, double value) in feature?.AsDictionary() ?? Enumerable.Empty<KeyValuePair<object, double>>())
            merged[key] = double.IsNaN(value) && defaults.TryGetValue(key, out double substitute) ? substitute : value;
        foreach ((object key, double value) in defaults) merged.TryAdd(key, value);
        return Feature.Dictionary(merged);
    }
}
