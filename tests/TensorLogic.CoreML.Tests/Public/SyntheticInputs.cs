using TensorLogic.Operators;

namespace TensorLogic.Tests.CoreML.Public;

/// <summary>Inputs made up for a model by what it declares, and by what its author's data can hold where no description says it.</summary>
internal static class SyntheticInputs
{
    private static readonly string[] s_stations = ["MLBR", "BALB", "ROCK", "NBRK", "COLM", "12TH", "PLZA"];
    private static readonly string[] s_films = ["Inception", "Titanic", "Room", "Home Alone"];
    private static readonly string[] s_foods = ["Chicken", "Sugar", "Salt", "Flour", "Water"];

    // Indices into tables, categories, items of a catalogue.
    private static readonly Dictionary<string, Func<int, Feature>> s_known = new(StringComparer.Ordinal)
    {
        ["iris-svm/data"] = seed => Tensor.FromSpan<double>(seed == 0 ? [5.1, 3.5, 1.4, 0.2] : [6.3, 3.3, 6.0, 2.5], [4]),
        ["pipeline-onehot-tree-bart/inStation"] = seed => s_stations[seed % s_stations.Length],
        ["pipeline-onehot-tree-bart/time"] = seed => 300.0 + 60 * seed,
        ["pipeline-onehot-tree-metro/Date"] = seed => $"2018-07-{1 + seed % 24:00}",
        ["pipeline-onehot-tree-metro/Hour"] = seed => 5.0 + seed % 18,
        ["pipeline-onehot-tree-metro/Inbound"] = _ => "101/",
        ["pipeline-onehot-tree-metro/Outbound"] = _ => "101/",
        ["tabular-classifier/text"] = seed => seed == 0 ? "ADIDAS OUTLET" : "AMTRAK TRAIN",
        ["recommender-movies/items"] = seed => Feature.Dictionary([new(s_films[seed % s_films.Length], 1)]),
        ["recommender-movies/restrict"] = _ => Feature.Sequence(s_films),
        ["recommender-recipes/items"] = seed => Feature.Dictionary([new(s_foods[seed % s_foods.Length], 1)]),
        ["chinese-text-cnn-a/text"] = seed => Whole([1, 50], i => (i * 37 + seed * 11) % 50),
        ["deeplab-v3-int8-lut/image"] = seed => ImageFile.Load(TestData.Path("guide", seed == 0 ? "china-640x427.jpg" : "flower-224.png")),
        ["ssd-ocr/0"] = seed => ImageFile.Load(PublicModels.PathOf(seed == 0 ? "golden/card-discover.jpg" : "golden/card-quickread.jpg")),
        ["nn-glove-embedding/input1"] = seed => Whole([4, 1, 1], i => 1 + i + 7 * seed),
        ["nn-house-embedding-concat/categoricalInput1"] = seed => Whole([1], _ => seed % 2),
        ["nn-house-embedding-concat/categoricalInput2"] = seed => Whole([1], _ => seed % 2),
        ["nn-house-updatable/categoricalInput1"] = seed => Whole([1], _ => seed % 2),
        ["nn-house-updatable/categoricalInput2"] = seed => Whole([1], _ => seed % 2),
        ["onehot-extractor-pipeline/input"] = seed => Whole([8], _ => seed % 2),
    };

    /// <param name="model">The opened model.</param>
    /// <param name="file">Name of its file.</param>
    /// <param name="seed">Inputs of different seeds differ.</param>
    public static Features Make(IModel model, string file, int seed)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        Features features = new();
        foreach (FeatureDescription input in model.Inputs)
            if (!(input.IsOptional && input.Type is SequenceFeatureType)) features[input.Name] = s_known.TryGetValue($"{name}/{input.Name}", out Func<int, Feature>? known) ? known(seed) : Make(input, seed);
        return features;
    }

    private static Feature Make(FeatureDescription input, int seed) => input.Type switch
    {
        ImageFeatureType image => new Image(Pixels(image, seed)),
        TensorFeatureType tensor => Numbers(tensor, seed),
        ScalarFeatureType { Kind: FeatureKind.Double } => Math.Round(Math.Pow(10, seed % 5) * (0.5 + 0.5 * Math.Sin(1.3 * input.Name.Sum(letter => letter) + 2.1 * seed)), 1),
        ScalarFeatureType { Kind: FeatureKind.Int64 } => 2L + seed,
        ScalarFeatureType => seed == 0 ? "a word" : "two other words",
        DictionaryFeatureType { KeyKind: FeatureKind.String } => Feature.Dictionary(seed == 0 ? [new("good", 1), new("great", 2)] : [new("bad", 2), new("awful", 1)]),
        DictionaryFeatureType => Feature.Dictionary([new(1L + seed, 1)]),
        SequenceFeatureType => Feature.Sequence([]),
        _ => throw new ArgumentException($"Nothing is made for {input}."),
    };

    private static Tensor<byte> Pixels(ImageFeatureType image, int seed)
    {
        bool color = image.Layout is ColorLayout.Rgb or ColorLayout.Bgr;
        Tensor<byte> pixels = Tensor<byte>.Create(color ? [image.Height, image.Width, 3] : [image.Height, image.Width]);
        Span<byte> bytes = pixels.Span;
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(128 + 100 * Math.Sin(i * 0.013 * (seed + 1)) + 27 * Math.Sin(i * 0.71));
        return pixels;
    }

    private static Tensor Numbers(TensorFeatureType declared, int seed)
    {
        Shape shape = declared.DefaultShape ?? Shape.Create([.. declared.Tensor.Dimensions.Select(dimension => dimension.Size ?? 1)]);
        ElementType type = declared.Tensor.ElementType;
        Tensor tensor = Tensor.Create(type, shape);
        bool isWhole = type is ElementType.Int32;
        TensorConversion.Write(tensor, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => isWhole ? (i * 3 + seed) % 2 : 0.5 + 0.5 * Math.Sin(0.37 * i + 1.7 * seed))]);
        return tensor;
    }

    private static Tensor<float> Whole(ReadOnlySpan<int> sizes, Func<int, float> value)
    {
        Tensor<float> tensor = Tensor<float>.Create(Shape.Create(sizes));
        for (int i = 0; i < tensor.Span.Length; i++) tensor.Span[i] = value(i);
        return tensor;
    }
}
