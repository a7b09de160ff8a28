using TensorLogic.CoreML.Specification.Classic;
using TensorLogic.Models.Classic;

namespace TensorLogic.CoreML.Lowering.Classic;

/// <summary>Feature engineering.</summary>
internal static class FeatureLowering
{
    public static ClassicEvaluator Lower(ClassicScope scope, VectorizerSpecification vectorizer)
    {
        FeatureDescription output = scope.OneOutput(FeatureKind.Tensor);
        if (vectorizer.Columns.Count == 0) throw scope.Broken("inputList", "Expected columns, found none.");
        List<(string, int)> columns = [];
        Int128 sum = 0;
        for (int i = 0; i < vectorizer.Columns.Count; i++)
        {
            (string name, ulong count) = vectorizer.Columns[i];
            FeatureDescription input = scope.Input($"inputList[{i}].inputColumn", name, FeatureKind.Double, FeatureKind.Int64, FeatureKind.Tensor, FeatureKind.Dictionary);
            if (input.Type is DictionaryFeatureType { KeyKind: not FeatureKind.Int64 }) throw scope.BrokenDescription("input", $"Expected a dictionary from positions, found '{input}'.");
            if (input.Type is not DictionaryFeatureType && ClassicScope.Count(input) is { } declared && (ulong)declared != count)
                throw scope.Broken($"inputList[{i}].inputDimensions", $"Expected {declared}, as many as '{name}' has, found {count}.");
            sum += count;
            columns.Add((name, scope.Size(sum, "Values of a feature vectorizer") - (int)(sum - count)));
        }
        scope.CheckCount(output, (long)sum);
        return new FeatureVectorizer(columns, output.Name);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, DictVectorizerSpecification vectorizer)
    {
        if (vectorizer.Keys is not { } keys) throw scope.Broken("Map", "Expected the keys, found none.");
        return new DictVectorizer(keys, scope.OneInput(FeatureKind.Dictionary).Name, PositionsOrArray(scope, keys.Count));
    }

    public static ClassicEvaluator Lower(ClassicScope scope, OneHotSpecification encoder)
    {
        if (encoder.Categories is not { Count: > 0 } categories) throw scope.Broken("CategoryType", "Expected the categories, found none.");
        if (encoder.HandleUnknown is not (0 or 1)) throw scope.Broken("handleUnknown", $"Expected 0 or 1, found {encoder.HandleUnknown}.");
        FeatureDescription input = categories[0] is string ? scope.OneInput(FeatureKind.String) : scope.OneInput(FeatureKind.Int64, FeatureKind.Double, FeatureKind.Tensor);
        return new OneHotEncoder(categories, encoder.HandleUnknown == 1, input.Name, PositionsOrArray(scope, categories.Count));
    }

    private static FeatureDescription PositionsOrArray(ClassicScope scope, int count)
    {
        FeatureDescription output = scope.OneOutput(FeatureKind.Tensor, FeatureKind.Dictionary);
        if (output.Type is DictionaryFeatureType { KeyKind: not FeatureKind.Int64 }) throw scope.BrokenDescription("output", $"Expected a dictionary from positions, found '{output}'.");
        if (output.Type is not DictionaryFeatureType) scope.CheckCount(output, count);
        return output;
    }

    public static ClassicEvaluator Lower(ClassicScope scope, ExtractorSpecification extractor)
    {
        FeatureDescription input = scope.OneInput(FeatureKind.Tensor), output = scope.OneOutput(FeatureKind.Tensor, FeatureKind.Double, FeatureKind.Int64);
        if (extractor.Indices.Count == 0) throw scope.Broken("extractIndex", "Expected indices, found none.");
        long values = Math.Min(ClassicScope.Count(input) ?? int.MaxValue, int.MaxValue);
        foreach (long index in extractor.Indices)
            if (index < 0 || index >= values) throw scope.Broken("extractIndex", $"Expected indices of 0 to {values - 1}, found {(ulong)index}.");
        scope.CheckCount(output, extractor.Indices.Count);
        return new ArrayFeatureExtractor([.. extractor.Indices.Select(index => (int)index)], input.Name, output.Name);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, ScalerSpecification scaler)
    {
        (FeatureDescription input, FeatureDescription output) = Numbers(scope);
        long? values = ClassicScope.Count(input);
        if (scaler.Shift.Length > 1 && scaler.Shift.Length != (values ?? scaler.Shift.Length)) throw scope.Broken("shiftValue", $"Expected none, 1 or {values} shifts, found {scaler.Shift.Length}.");
        if (scaler.Scale.Length > 1 && scaler.Scale.Length != (values ?? scaler.Scale.Length)) throw scope.Broken("scaleValue", $"Expected none, 1 or {values} scales, found {scaler.Scale.Length}.");
        return new Scaler(scaler.Shift, scaler.Scale, input.Name, output.Name);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, NormalizerSpecification normalizer)
    {
        (FeatureDescription input, FeatureDescription output) = Numbers(scope);
        if (normalizer.Norm is < 0 or > 2) throw scope.Broken("normType", $"Expected a norm of 0 to 2, found {normalizer.Norm}.");
        return new Normalizer((NormKind)normalizer.Norm, input.Name, output.Name);
    }

    private static (FeatureDescription Input, FeatureDescription Output) Numbers(ClassicScope scope)
    {
        FeatureDescription input = scope.OneInput(FeatureKind.Tensor, FeatureKind.Double, FeatureKind.Int64), output = scope.OneOutput(FeatureKind.Tensor, FeatureKind.Double, FeatureKind.Int64);
        if (ClassicScope.Count(input) is { } count) scope.CheckCount(output, count);
        return (input, output);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, ImputerSpecification imputer)
    {
        if (imputer.Imputed is not { } imputed) throw scope.Broken("ImputedValue", "Expected a value to put in, found none.");
        (FeatureKind[] features, bool fits) = imputed switch
        {
            string => (new[] { FeatureKind.String }, imputer.Replaced is null or string),
            long => ([FeatureKind.Int64], imputer.Replaced is null or long),
            long[] => ([FeatureKind.Tensor], imputer.Replaced is null or long),
            double => ([FeatureKind.Double, FeatureKind.Tensor], imputer.Replaced is null or double),
            double[] => ([FeatureKind.Tensor], imputer.Replaced is null or double),
            _ => ([FeatureKind.Dictionary], imputer.Replaced is null),
        };
        if (!fits) throw scope.Broken("ReplaceValue", $"Expected a value like the one that is put in, found '{imputer.Replaced}'.");
        FeatureDescription input = scope.OneInput(features), output = scope.OneOutput(features);
        if (input.Type.Kind != output.Type.Kind) throw scope.BrokenDescription("output", $"Expected an output like '{input}', found '{output}'.");
        int count = imputed switch { double[] numbers => numbers.Length, long[] numbers => numbers.Length, _ => 1 };
        if (imputed is Array && ClassicScope.Count(input) is { } values && values != count) throw scope.Broken("ImputedValue", $"Expected {values} values, as many as '{input.Name}' has, found {count}.");
        if (input.Type.Kind == FeatureKind.Tensor && ClassicScope.Count(input) is { } inputs) scope.CheckCount(output, inputs);
        if (imputed is Feature dictionary && dictionary.AsDictionary().Any(entry => entry.Key is string != (((DictionaryFeatureType)input.Type).KeyKind == FeatureKind.String)))
            throw scope.BrokenDescription("input", $"Expected a dictionary with keys of the kind that is put in, found '{input}'.");
        return new Imputer(imputed, imputer.Replaced, input.Name, output.Name);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, MappingSpecification mapping)
    {
        if (mapping.Map is not { } map) throw scope.Broken("MappingType", "Expected a mapping, found none.");
        if (mapping.Otherwise is { } otherwise && otherwise is string == mapping.FromStrings) throw scope.Broken("ValueOnUnknown", $"Expected {(mapping.FromStrings ? "an integer" : "a string")}, found '{otherwise}'.");
        FeatureDescription input = mapping.FromStrings ? scope.OneInput(FeatureKind.String) : scope.OneInput(FeatureKind.Int64);
        FeatureDescription output = mapping.FromStrings ? scope.OneOutput(FeatureKind.Int64) : scope.OneOutput(FeatureKind.String);
        return new CategoricalMapping(map, mapping.FromStrings, mapping.Otherwise, input.Name, output.Name);
    }

    public static ClassicEvaluator LowerIdentity(ClassicScope scope)
    {
        List<(string, string)> names = [];
        for (int i = 0; i < scope.Outputs.Count; i++)
        {
            FeatureDescription output = scope.Outputs[i];
            FeatureDescription input = scope.Inputs.FirstOrDefault(input => input.Name == output.Name)
                ?? (i < scope.Inputs.Count ? scope.Inputs[i] : throw scope.BrokenDescription("output", $"Expected an input for each output, found none for '{output.Name}'."));
            if (input.Type.Kind != output.Type.Kind) throw scope.BrokenDescription("output", $"Expected an output like '{input}', found '{output}'.");
            if (ClassicScope.Count(input) is { } count) scope.CheckCount(output, count);
            names.Add((input.Name, output.Name));
        }
        return new Identity(names);
    }

    public static ClassicEvaluator LowerThresholding(ClassicScope scope) =>
        new ConfidenceThresholding(scope.OneInput(FeatureKind.Tensor).Name, scope.OneOutput(FeatureKind.Tensor).Name);
}
