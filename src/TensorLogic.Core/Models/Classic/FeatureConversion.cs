using System.Globalization;

namespace TensorLogic.Models.Classic;

/// <summary>Features given by a caller, as the kinds that a model declares.</summary>
internal static class FeatureConversion
{
    /// <summary>The feature of an input, of its kind and element type; null if it is optional, left out and has no default.</summary>
    /// <remarks>A tensor of the result is the caller's to dispose. Numbers, integers and tensors of one element stand for one another;
    /// an integer is never rounded.</remarks>
    /// <exception cref="FeatureException">The feature is missing or of another kind.</exception>
    /// <exception cref="ShapeException">Its size is not one that the model takes.</exception>
    public static Feature? Bind(FeatureDescription input, Features given, string model, bool takesAnyKey = false)
    {
        if (!given.TryGetValue(input.Name, out Feature? feature))
        {
            if (!input.IsOptional) throw new FeatureException(input.Name, $"The input '{input.Name}' is missing.") { Place = model, Remedy = $"Give {input}." };
            if (input.Type is TensorFeatureType { DefaultValue: not null, Tensor: var type }) return new InputBinding(input, type).Bind(given, model);
            return null;
        }
        return input.Type switch
        {
            // The format allows arrays without a declared shape; they take any.
            TensorFeatureType { Tensor.Rank: 0, Ranges.IsEmpty: true, EnumeratedShapes.IsEmpty: true } declared when feature.Kind == FeatureKind.Tensor => feature.AsTensor().To(declared.Tensor.ElementType),
            TensorFeatureType declared => new InputBinding(input, declared.Tensor).Bind(given, model),
            ImageFeatureType => feature.Kind == FeatureKind.Image ? feature : throw Wrong("an image"),
            DictionaryFeatureType declared => Dictionary(declared),
            SequenceFeatureType declared => Sequence(declared),
            ScalarFeatureType { Kind: FeatureKind.String } => feature.Kind == FeatureKind.String ? feature : throw Wrong("a string"),
            ScalarFeatureType { Kind: FeatureKind.Int64 } => feature.Kind == FeatureKind.Int64 ? feature : Integer(),
            _ => Number(),
        };

        FeatureException Wrong(string expected) => new(input.Name, $"The input '{input.Name}' takes {expected}, not a {feature.Kind}.") { Place = model, Remedy = $"Give {input}." };

        double Number()
        {
            switch (feature.Kind)
            {
                case FeatureKind.Double: return feature.AsDouble();
                case FeatureKind.Int64: return feature.AsInt64();
                case FeatureKind.Tensor when feature.AsTensor().ElementCount == 1: return TensorConversion.ReadDoubles(feature.AsTensor())[0];
                default: throw Wrong("a number");
            }
        }

        Feature Integer()
        {
            double number = Number();
            return ClassicCall.ToInteger(number) is { } integer ? integer
                : throw new FeatureException(input.Name, string.Create(CultureInfo.InvariantCulture, $"The input '{input.Name}' takes an integer, not {number}.")) { Place = model };
        }

        Feature Dictionary(DictionaryFeatureType declared)
        {
            if (feature.Kind != FeatureKind.Dictionary) throw Wrong("a dictionary");
            if (!takesAnyKey && feature.AsDictionary().Any(entry => entry.Key is string != (declared.KeyKind == FeatureKind.String))) throw Wrong($"a {declared}");
            return feature;
        }

        Feature Sequence(SequenceFeatureType declared)
        {
            if (feature.Kind == FeatureKind.Tensor && declared.ItemKind == FeatureKind.Int64 && feature.AsTensor().ElementType.IsInteger)
                return Feature.Sequence([.. TensorConversion.ReadLongs(feature.AsTensor()).Select(item => (object)item)]);
            if (feature.Kind != FeatureKind.Sequence) throw Wrong($"a {declared}");
            if (feature.AsSequence().Any(item => declared.ItemKind == FeatureKind.String ? item is not string : item is not long)) throw Wrong($"a {declared}");
            return feature;
        }
    }
}
