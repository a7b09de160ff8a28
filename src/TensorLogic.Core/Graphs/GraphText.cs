using System.Globalization;
using System.Text;
using TensorLogic.Operators;

namespace TensorLogic.Graphs;

/// <summary>The readable form of graphs, as in coremltools: <c>%y: f16[1, 8] = linear(x=%x, weight=@w, bias=@b) {…}</c>.</summary>
internal static class GraphText
{
    private const int InlineConstantElements = 8;

    public static string Write(Graph graph)
    {
        StringBuilder text = new();
        Write(text, graph, "");
        return text.ToString();
    }

    public static string Write(Node node)
    {
        StringBuilder text = new();
        Write(text, node, "");
        return text.ToString().TrimEnd('\n');
    }

    private static void Write(StringBuilder text, Graph graph, string indent)
    {
        IEnumerable<string> parameters = graph.Inputs.Concat(graph.States).Select(value => value.ToString());
        text.Append(CultureInfo.InvariantCulture, $"{indent}{graph.Name}({string.Join(", ", parameters)}) {{\n");
        foreach (Node node in graph.Nodes) Write(text, node, indent + "  ");
        text.Append(CultureInfo.InvariantCulture, $"{indent}}} -> ({string.Join(", ", graph.Outputs.Select(Reference))})\n");
    }

    private static void Write(StringBuilder text, Node node, string indent)
    {
        text.Append(indent).AppendJoin(", ", node.Outputs).Append(node.Outputs.Count > 0 ? " = " : "").Append(node.Operator.Name).Append('(');
        bool first = true;
        for (int index = 0; index < node.Inputs.Count; index++)
        {
            if (node.Inputs[index] is not { } input) continue;
            if (!first) text.Append(", ");
            first = false;
            OperatorInput signature = node.Operator.Inputs[Math.Min(index, node.Operator.Inputs.Length - 1)];
            text.Append(signature.Name).Append('=').Append(Reference(input));
        }
        text.Append(')').Append(AttributesText(node.Attributes)).Append('\n');
        foreach (Graph subgraph in node.Subgraphs) Write(text, subgraph, indent + "  ");
    }

    private static string Reference(Value value)
    {
        if (value.Constant is not { } constant) return $"%{value.Name}";
        if (constant.ElementCount > InlineConstantElements || constant.ElementType is ElementType.Complex64) return $"@{value.Name}";
        string elements = string.Join(", ", TensorConversion.ReadDoubles(constant).Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return constant.Rank == 0 ? elements : $"[{elements}]";
    }

    // A record prints itself as "NameAttributes { PadType = same, Strides = [1, 1] }": no reflection, and a new attribute appears by itself.
    private static string AttributesText(OperatorAttributes attributes)
    {
        string text = attributes.ToString();
        int brace = text.IndexOf('{');
        string inside = text[(brace + 1)..].TrimEnd('}').Trim();
        if (inside.Length == 0) return "";
        StringBuilder result = new(" {");
        bool atName = true;
        for (int i = 0; i < inside.Length; i++)
        {
            char c = inside[i];
            bool separator = c == ',' && inside.AsSpan(i + 1).TrimStart().IndexOf(" = ") is > 0 and var end && !inside.AsSpan(i + 1, end).Contains(']') && !inside.AsSpan(i + 1).TrimStart()[..end].Contains(',');
            if (separator) atName = true;
            else if (c == '=') atName = false;
            if (atName && char.IsUpper(c) && result[^1] is not ('{' or ' ')) result.Append('_');
            result.Append(atName ? char.ToLowerInvariant(c) : c);
        }
        return result.Append('}').ToString();
    }
}
