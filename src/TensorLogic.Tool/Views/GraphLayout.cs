namespace TensorLogic.Tool.Views;

/// <summary>Places the nodes of a directed graph in layers: each below all that it depends on, near the middle of them.</summary>
internal static class GraphLayout
{
    private const double Gap = 24, LayerHeight = 72;
    private const int Passes = 4;

    /// <param name="widths">Width of each node.</param>
    /// <param name="sources">Nodes that each depends on; all have lower numbers.</param>
    /// <returns>The middle of each node's upper edge.</returns>
    public static (double X, double Y)[] Place(IReadOnlyList<double> widths, IReadOnlyList<IReadOnlyList<int>> sources)
    {
        int[] layer = new int[widths.Count];
        for (int node = 0; node < layer.Length; node++)
            foreach (int source in sources[node]) layer[node] = Math.Max(layer[node], layer[source] + 1);
        List<int>[] layers = new List<int>[layer.Length == 0 ? 0 : layer.Max() + 1];
        for (int i = 0; i < layers.Length; i++) layers[i] = [];
        for (int node = 0; node < layer.Length; node++) layers[layer[node]].Add(node);

        List<int>[] targets = new List<int>[layer.Length];
        for (int node = 0; node < layer.Length; node++) targets[node] = [];
        for (int node = 0; node < layer.Length; node++)
            foreach (int source in sources[node]) targets[source].Add(node);

        double[] x = new double[layer.Length];
        for (int pass = 0; pass < Passes; pass++)
        {
            bool down = pass % 2 == 0;
            for (int i = 0; i < layers.Length; i++)
            {
                List<int> nodes = layers[down ? i : layers.Length - 1 - i];
                double[] wanted = [.. nodes.Select(node => Middle(x, down ? sources[node] : targets[node], x[node]))];
                Spread(nodes, wanted, widths, x);
            }
        }
        return [.. x.Select((at, node) => (at, layer[node] * LayerHeight))];
    }

    private static double Middle(double[] x, IReadOnlyList<int> neighbours, double otherwise) => neighbours.Count == 0 ? otherwise : neighbours.Average(node => x[node]);

    /// <summary>Puts nodes side by side in the order of where they want to be, as near to it as their widths allow.</summary>
    private static void Spread(List<int> nodes, double[] wanted, IReadOnlyList<double> widths, double[] x)
    {
        int[] order = [.. Enumerable.Range(0, nodes.Count).OrderBy(i => wanted[i]).ThenBy(i => nodes[i])];
        double end = double.NegativeInfinity, shift = 0;
        foreach (int i in order)
        {
            double half = widths[nodes[i]] / 2, at = Math.Max(wanted[i], end + half + Gap);
            x[nodes[i]] = at;
            shift += wanted[i] - at;
            end = at + half;
        }
        // Pushing apart went to the right alone; half of it goes back.
        foreach (int i in order) x[nodes[i]] += shift / order.Length;
    }
}
