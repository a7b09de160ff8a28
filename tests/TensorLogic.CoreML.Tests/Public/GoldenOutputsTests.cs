using System.Globalization;
using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Public;

/// <summary>What the models' own sources say of their answers.</summary>
public sealed class GoldenOutputsTests
{
    private TensorLogicRuntime _runtime = null!;

    [OneTimeSetUp]
    public void Start() => _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();

    [OneTimeTearDown]
    public void Stop() => _runtime.Dispose();

    private static IEnumerable<JsonElement> Items(string kind)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(PublicModels.PathOf("golden/golden.json")));
        return [.. golden.RootElement.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("kind").GetString() == kind).Select(item => item.Clone())];
    }

    private static IEnumerable<TestCaseData> Each(string kind) => PublicModels.Cases(() =>
        from item in Items(kind)
        from model in item.GetProperty("models").EnumerateArray()
        select new TestCaseData(item).SetArgDisplayNames(model.GetString()!, item.TryGetProperty("input", out JsonElement input) ? input.GetString()! : "rows").SetProperty("Model", model.GetString()!));

    private static string Model => PublicModels.PathOf((string)TestContext.CurrentContext.Test.Properties.Get("Model")!);

    private static IEnumerable<TestCaseData> Cards() => Each("image-to-digits");

    private static IEnumerable<TestCaseData> Labels() => Each("class-labels");

    private static IEnumerable<TestCaseData> Rows() => Each("training-rows");

    [TestCaseSource(nameof(Cards))]
    public void The_number_on_a_card_is_read(JsonElement item)
    {
        using IModel model = _runtime.LoadModel(Model);

        using Features results = model.Predict(new Features { ["0"] = ImageFile.Load(PublicModels.PathOf($"golden/{item.GetProperty("input").GetString()}")) });

        Assert.That(CardNumber.Read(results), Is.EqualTo(item.GetProperty("expected_number").GetString()));
    }

    [TestCaseSource(nameof(Labels))]
    public void The_labels_of_a_data_set_are_met(JsonElement item)
    {
        string[] names = ["setosa", "versicolor", "virginica"];
        using IModel model = _runtime.LoadModel(Model);
        foreach (JsonElement row in item.GetProperty("rows").EnumerateArray())
        {
            double[] x = [.. row.GetProperty("x").EnumerateArray().Select(number => number.GetDouble())];
            Features inputs = new();
            if (model.Inputs.Count == 1) inputs[model.Inputs[0].Name] = Tensor.FromSpan<double>(x, [x.Length]);
            else for (int i = 0; i < x.Length; i++) inputs[model.Inputs[i].Name] = x[i];

            using Features results = model.Predict(inputs);

            Feature label = results.Values.First(feature => feature.Kind is FeatureKind.String or FeatureKind.Int64);
            Assert.That(label.Kind == FeatureKind.String ? label.AsString() : names[label.AsInt64()], Does.EndWith(row.GetProperty("label").GetString()!));
        }
    }

    [TestCaseSource(nameof(Rows))]
    public void Predictions_follow_the_rows_that_a_model_was_trained_on(JsonElement item)
    {
        using IModel model = _runtime.LoadModel(Model);
        string[] lines = File.ReadAllLines(PublicModels.PathOf($"golden/{item.GetProperty("input").GetString()}"));
        string[] columns = lines[0].Split(',');
        double[][] rows = [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray())];
        int label = Array.IndexOf(columns, model.Outputs[0].Name);

        double[] errors = [.. rows.Select(row =>
        {
            Features inputs = new();
            foreach (FeatureDescription input in model.Inputs) inputs[input.Name] = row[Array.IndexOf(columns, input.Name)];
            using Features results = model.Predict(inputs);
            return Math.Abs(results[model.Outputs[0].Name].AsDouble() - row[label]);
        })];

        double mean = rows.Average(row => row[label]), spread = rows.Average(row => Math.Abs(row[label] - mean));
        Assert.That(errors.Average(), Is.LessThan(0.2 * spread));
    }

    /// <summary>A detector of digits in two grids of cells, with three boxes in each.</summary>
    private static class CardNumber
    {
        private const int BoxesPerCell = 3, FineRows = 24, FineColumns = 38, CoarseRows = 12, CoarseColumns = 19, Width = 600, Height = 375;

        private readonly record struct Found(double Score, int Digit, double X, double Y);

        public static string Read(Features results)
        {
            double[] scores = TensorConversion.ReadDoubles(results["scores"].AsTensor()), boxes = TensorConversion.ReadDoubles(results["boxes"].AsTensor()), filter = TensorConversion.ReadDoubles(results["filter"].AsTensor());
            List<Found> all = [];
            for (int row = 0; row < filter.Length; row++)
            {
                if (filter[row] <= 0.39) continue;
                for (int column = 0; column < 10; column++)
                    if (scores[row * 10 + column] > 0.45) all.Add(At(row, boxes.AsSpan(row * 4, 4), scores[row * 10 + column], (column + 1) % 10));
            }
            List<Found> kept = [];
            foreach (Found found in all.OrderByDescending(found => found.Score))
                if (kept.All(other => Math.Abs(other.X - found.X) > 10 || Math.Abs(other.Y - found.Y) > 20)) kept.Add(found);
            double top = double.NegativeInfinity;
            int line = 0;
            Dictionary<Found, int> lines = [];
            foreach (Found found in kept.OrderBy(found => found.Y))
            {
                if (found.Y - top > 30) line++;
                lines[found] = line;
                top = found.Y;
            }
            return string.Concat(kept.OrderBy(found => lines[found]).ThenBy(found => found.X).Select(found => found.Digit));
        }

        private static Found At(int row, ReadOnlySpan<double> box, double score, int digit)
        {
            int fine = FineRows * FineColumns * BoxesPerCell;
            bool isFine = row < fine;
            int cell = (isFine ? row : row - fine) / BoxesPerCell, columns = isFine ? FineColumns : CoarseColumns, rows = isFine ? FineRows : CoarseRows;
            double width = (double)Width / columns, height = (double)Height / rows;
            // Boxes are offsets from a cell's centre, in tenths of a box, which is about as large as a cell.
            return new(score, digit, (cell % columns + 0.5 + 0.1 * box[0]) * width, (cell / columns + 0.5 + 0.1 * box[1]) * height);
        }
    }
}
