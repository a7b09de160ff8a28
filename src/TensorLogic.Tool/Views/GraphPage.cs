using System.Text.Json;
using TensorLogic.Graphs;

namespace TensorLogic.Tool.Views;

/// <summary>Writes the graphs of a model as one page of HTML that needs nothing else.</summary>
internal static class GraphPage
{
    private const string Template = "TensorLogic.Tool.Views.GraphPage.html", DataMark = "/*DATA*/", TitleMark = "/*TITLE*/";
    private const double LetterWidth = 7.2, Padding = 24;
    private const int LongestLabel = 40;

    public static string Write(IModel model)
    {
        using Stream stream = typeof(GraphPage).Assembly.GetManifestResourceStream(Template)!;
        using StreamReader reader = new(stream);
        string page = reader.ReadToEnd(), data = JsonText.Write(writer => WriteModel(writer, model), indented: false);
        // Inside of a script nothing may look like its end.
        return page.Replace(TitleMark, System.Net.WebUtility.HtmlEncode(model.Metadata.Name), StringComparison.Ordinal).Replace(DataMark, data.Replace("<", "\\u003c", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static void WriteModel(Utf8JsonWriter writer, IModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("name", model.Metadata.Name);
        writer.WriteString("about", $"{model.Metadata.Format} {model.Metadata.Kind}, {model.Metadata.Quantization}, {Units.Count(model.Metadata.ParameterCount)} weights");
        writer.WriteStartArray("graphs");
        foreach (Graph graph in model.Graphs) WriteGraph(writer, graph, graph.Name);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteGraph(Utf8JsonWriter writer, Graph graph, string name)
    {
        Dictionary<Value, int> makers = [];
        List<string> labels = [];
        List<List<int>> sources = [];
        foreach (Value input in graph.Inputs.Concat(graph.States))
        {
            makers[input] = labels.Count;
            labels.Add(input.Name);
            sources.Add([]);
        }
        foreach (Node node in graph.Nodes)
        {
            foreach (Value output in node.Outputs) makers[output] = labels.Count;
            labels.Add(node.Operator.Name);
            sources.Add([.. Read(node).Where(makers.ContainsKey).Select(value => makers[value]).Distinct()]);
        }
        foreach (Value output in graph.Outputs.Distinct())
        {
            labels.Add(output.Name);
            sources.Add(makers.TryGetValue(output, out int maker) ? [maker] : []);
        }
        for (int i = 0; i < labels.Count; i++) labels[i] = Printable.Line(labels[i], LongestLabel);
        double[] widths = [.. labels.Select(label => label.Length * LetterWidth + Padding)];
        (double X, double Y)[] places = GraphLayout.Place(widths, sources);

        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartArray("nodes");
        int number = 0;
        foreach (Value input in graph.Inputs.Concat(graph.States)) WriteEnd(writer, "input", input, number++);
        foreach (Node node in graph.Nodes) WriteNode(writer, node, number++);
        foreach (Value output in graph.Outputs.Distinct()) WriteEnd(writer, "output", output, number++);
        writer.WriteEndArray();
        writer.WriteEndObject();
        foreach (Node node in graph.Nodes)
            for (int i = 0; i < node.Subgraphs.Count; i++) WriteGraph(writer, node.Subgraphs[i], $"{name} > {node.Name} {i}");

        void WriteEnd(Utf8JsonWriter writer, string kind, Value value, int index)
        {
            Start(writer, kind, value.Name, index);
            writer.WriteString("text", $"{value}");
            writer.WriteStartArray("outputs");
            writer.WriteStringValue($"{value}");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        void WriteNode(Utf8JsonWriter writer, Node node, int index)
        {
            Start(writer, node.Operator.Name, node.Name, index);
            writer.WriteString("text", node.ToString());
            writer.WriteString("place", node.Place ?? "");
            writer.WriteStartArray("inputs");
            foreach (Value value in node.Inputs.OfType<Value>())
                writer.WriteStringValue(value.Constant is { } constant ? $"{value} (constant, {Units.Bytes(constant.ByteCount)})" : $"{value}");
            writer.WriteEndArray();
            writer.WriteStartArray("outputs");
            foreach (Value value in node.Outputs) writer.WriteStringValue($"{value}");
            writer.WriteEndArray();
            writer.WriteNumber("bytes", node.Inputs.OfType<Value>().Sum(value => value.Constant?.ByteCount ?? 0));
            writer.WriteEndObject();
        }

        void Start(Utf8JsonWriter writer, string kind, string title, int index)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteString("label", labels[index]);
            writer.WriteString("name", title);
            writer.WriteNumber("x", Math.Round(places[index].X, 1));
            writer.WriteNumber("y", places[index].Y);
            writer.WriteNumber("w", Math.Round(widths[index], 1));
            writer.WriteStartArray("from");
            foreach (int source in sources[index]) writer.WriteNumberValue(source);
            writer.WriteEndArray();
        }
    }

    /// <summary>What a node reads, from inside its sub-graphs too.</summary>
    private static IEnumerable<Value> Read(Node node) => node.Inputs.OfType<Value>().Concat(node.Subgraphs.SelectMany(graph => graph.Nodes.SelectMany(Read).Concat(graph.Outputs)));
}
