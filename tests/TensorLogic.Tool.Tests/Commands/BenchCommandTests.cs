using System.Text.Json;

namespace TensorLogic.Tests.Tool.Commands;

public sealed class BenchCommandTests
{
    private static Outcome Bench(FakeModel model, params string[] options)
    {
        using TemporaryFolder folder = new();
        return Tl.Run(new FakeLoader(model), ["bench", FakeLoader.File(folder), .. options]);
    }

    [Test]
    public void Json_has_the_stated_keys()
    {
        JsonElement json = Bench(new(), "--runs", "4", "--threads", "2", "--json").Json;

        Assert.That(json.EnumerateObject().Select(property => property.Name),
            Is.EqualTo(new[] { "load_ms", "median_ms", "p95_ms", "min_ms", "threads", "device", "peak_rss_mb" }));
    }

    [Test]
    public void Json_names_the_device_and_the_threads()
    {
        JsonElement json = Bench(new(), "--runs", "1", "--threads", "2", "--json").Json;

        Assert.That((json.GetProperty("threads").GetInt32(), json.GetProperty("device").GetString()), Is.EqualTo((2, "cpu")));
    }

    [Test]
    public void Times_are_in_order_and_of_the_runs_not_of_the_load()
    {
        FakeModel model = new() { Answer = _ => { Thread.Sleep(5); return []; } };

        JsonElement json = Bench(model, "--runs", "5", "--json").Json;

        double least = json.GetProperty("min_ms").GetDouble(), median = json.GetProperty("median_ms").GetDouble(), high = json.GetProperty("p95_ms").GetDouble();
        Assert.That(least, Is.GreaterThanOrEqualTo(4.5).And.LessThanOrEqualTo(median));
        Assert.That(high, Is.GreaterThanOrEqualTo(median));
    }

    [Test]
    public void Every_declared_input_is_given_in_its_declared_type()
    {
        Features? seen = null;
        FakeModel model = new()
        {
            Inputs =
            [
                new() { Name = "image", Type = new ImageFeatureType(8, 4, ColorLayout.Rgb) },
                new() { Name = "x", Type = new TensorFeatureType(new(ElementType.Float16, [Dimension.Named("batch"), 3])) { Ranges = [(2, 64), (3, 3)] } },
                new() { Name = "s", Type = new ScalarFeatureType(FeatureKind.String) },
            ],
            Answer = features => { seen = features; return []; },
        };

        Bench(model, "--runs", "1");

        Assert.That((seen!["image"].AsImage().Width, seen["image"].AsImage().Height, seen["image"].AsImage().Channels), Is.EqualTo((8, 4, 3)));
        Assert.That(seen["x"].AsTensor().Type, Is.EqualTo(new TensorType(ElementType.Float16, Shape.Create(2, 3))));
        Assert.That(seen["s"].Kind, Is.EqualTo(FeatureKind.String));
    }

    [Test]
    public void The_histogram_holds_every_run()
    {
        string[] lines = Bench(new(), "--runs", "7").Lines;

        IEnumerable<string> bins = lines.Skip(Array.IndexOf(lines, "Latency") + 2);
        Assert.That(bins.Sum(line => int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], System.Globalization.CultureInfo.InvariantCulture)), Is.EqualTo(7));
    }

    [TestCase("--runs", "0")]
    [TestCase("--threads", "many")]
    public void Numbers_below_one_are_wrong_usage(string option, string value)
    {
        Outcome outcome = Bench(new(), option, value);

        Assert.That(outcome.ExitCode, Is.EqualTo(2));
        Assert.That(outcome.Error, Does.Contain(option).And.Contain(value));
    }
}
