using System.Globalization;
using Spectre.Console;

namespace TensorLogic.Tool.Prediction;

/// <summary>Results for people: labels, the top classes as bars, tensors with their range.</summary>
internal static class PredictionView
{
    private const int ClassesShown = 5, ElementsShown = 8;

    public static void Print(Terminal terminal, Features outputs)
    {
        bool first = true;
        foreach ((string name, Feature feature) in outputs)
        {
            if (!first) terminal.Out.WriteLine();
            first = false;
            terminal.Console.Write(new Text(Printable.Line(name), new Style(decoration: Decoration.Bold)));
            switch (feature.Kind)
            {
                case FeatureKind.Tensor: Print(terminal, feature.AsTensor()); break;
                case FeatureKind.Image: terminal.Out.WriteLine($": image {feature.AsImage().Width}x{feature.AsImage().Height}"); break;
                case FeatureKind.Dictionary: Print(terminal, feature.AsDictionary()); break;
                case FeatureKind.Sequence: terminal.Out.WriteLine($": [{Printable.Line(string.Join(", ", feature.AsSequence()), 400)}]"); break;
                case FeatureKind.Double: terminal.Out.WriteLine($": {Units.Number(feature.AsDouble())}"); break;
                default: terminal.Out.WriteLine($": {Printable.Line(feature.ToString(), 400)}"); break;
            }
        }
    }

    private static void Print(Terminal terminal, FeatureDictionary dictionary)
    {
        terminal.Out.WriteLine($": {Units.Count(dictionary.Count)} entries");
        (string, double)[] entries = [.. dictionary.Select(entry => (Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, entry.Value))];
        Bars(terminal, entries);
    }

    private static void Print(Terminal terminal, Tensor tensor)
    {
        terminal.Out.Write($": {tensor}");
        double[] elements = Numbers.Of(tensor);
        if (IsDistribution(tensor, elements))
        {
            terminal.Out.WriteLine();
            Bars(terminal, [.. elements.Select((value, index) => (index.ToString(CultureInfo.InvariantCulture), value))]);
            return;
        }
        if (elements.Length == 0)
        {
            terminal.Out.WriteLine();
            return;
        }
        if (elements.Length > 1) terminal.Out.Write($"  least {Units.Number(elements.Min())}, mean {Units.Number(elements.Average())}, greatest {Units.Number(elements.Max())}");
        string shown = string.Join(", ", elements.Take(ElementsShown).Select(Units.Number));
        terminal.Out.WriteLine($"\n  {shown}{(elements.Length > ElementsShown ? ", …" : "")}");
    }

    /// <summary>One row of probabilities: none negative, together 1 within half precision.</summary>
    private static bool IsDistribution(Tensor tensor, double[] elements) =>
        tensor.ElementType.IsFloat && elements.Length > 1 && tensor.Shape[-1] == elements.Length && elements.All(value => value >= 0) && Math.Abs(elements.Sum() - 1) < 0.01;

    private static void Bars(Terminal terminal, (string Name, double Value)[] entries)
    {
        bool shares = entries.All(entry => entry.Value is >= 0 and <= 1.001);
        double most = entries.Length == 0 ? 0 : entries.Max(entry => Math.Abs(entry.Value));
        Table table = Tables.Create("", "", "");
        foreach ((string name, double value) in entries.OrderByDescending(entry => entry.Value).Take(ClassesShown))
            table.BarRow(shares ? value : value / most, name, shares ? Units.Percent(value) : Units.Number(value));
        if (entries.Length > ClassesShown) table.BarRow(0, $"… {entries.Length - ClassesShown} more", "");
        if (entries.Length > 0) terminal.Console.Write(new Padder(table, new(2, 0, 0, 0)));
    }
}
