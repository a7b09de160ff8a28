namespace TensorLogic.Models.Classic;

/// <summary>Names of the features of a non-maximum suppression; an empty one is not there.</summary>
internal sealed record SuppressionNames(string Confidence, string Coordinates, string IouThreshold, string ConfidenceThreshold, string ConfidenceOutput, string CoordinatesOutput);

/// <summary>Keeps the most confident of overlapping boxes.</summary>
/// <remarks>A box is as confident as its most likely class. Boxes below the confidence threshold go; then, from the most confident on, a box suppresses
/// the following ones with which its intersection over union exceeds the threshold. Of equally confident boxes the earlier comes first.</remarks>
/// <param name="perClass">True: only boxes of the same most likely class suppress one another.</param>
/// <param name="iouThreshold">Greatest overlap that is kept.</param>
/// <param name="confidenceThreshold">Least confidence that is kept.</param>
/// <param name="leastRows">Outputs are filled up with zeros to so many boxes.</param>
/// <param name="mostRows">Outputs end after so many boxes.</param>
/// <param name="names">Names of inputs and outputs.</param>
internal sealed class BoxSuppression(bool perClass, double iouThreshold, double confidenceThreshold, int leastRows, int mostRows, SuppressionNames names) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        Tensor confidenceInput = call.Input(names.Confidence).AsTensor(), coordinatesInput = call.Input(names.Coordinates).AsTensor();
        int classes = confidenceInput.Rank > 0 ? confidenceInput.Shape[-1] : 0;
        long boxes = classes == 0 ? 0 : confidenceInput.ElementCount / classes;
        if (confidenceInput.Rank < 2 || classes == 0) throw Wrong(names.Confidence, confidenceInput, "[boxes, classes]");
        if (coordinatesInput.Rank < 2 || coordinatesInput.Shape[-1] != 4 || coordinatesInput.ElementCount / 4 != boxes) throw Wrong(names.Coordinates, coordinatesInput, $"[{boxes}, 4]");
        double[] confidence = TensorConversion.ReadDoubles(confidenceInput), coordinates = TensorConversion.ReadDoubles(coordinatesInput);

        double iou = Number(call, names.IouThreshold, iouThreshold), least = Number(call, names.ConfidenceThreshold, confidenceThreshold);
        List<int> kept = Keep(confidence, coordinates, (int)boxes, classes, iou, least, call.Cancellation);
        int rows = Math.Max(kept.Count, leastRows);
        double[] keptConfidence = new double[rows * classes], keptCoordinates = new double[rows * 4];
        for (int row = 0; row < kept.Count; row++)
        {
            confidence.AsSpan(kept[row] * classes, classes).CopyTo(keptConfidence.AsSpan(row * classes));
            coordinates.AsSpan(kept[row] * 4, 4).CopyTo(keptCoordinates.AsSpan(row * 4));
        }
        call.Set(names.ConfidenceOutput, keptConfidence, rows, classes);
        call.Set(names.CoordinatesOutput, keptCoordinates, rows, 4);

        ShapeException Wrong(string input, Tensor found, string expected) => new() { Operator = "predict", Node = call.Model, Input = input, Actual = found.ToString(), Expected = expected };
    }

    private List<int> Keep(double[] confidence, double[] coordinates, int boxes, int classes, double iou, double least, CancellationToken cancellation)
    {
        int[] likely = new int[boxes];
        double[] score = new double[boxes];
        for (int box = 0; box < boxes; box++)
        {
            ReadOnlySpan<double> row = confidence.AsSpan(box * classes, classes);
            likely[box] = Probability.Largest(row);
            score[box] = row[likely[box]];
        }
        int[] order = [.. Enumerable.Range(0, boxes).Where(box => score[box] >= least).OrderByDescending(box => score[box])];
        var isSuppressed = new bool[order.Length];
        List<int> kept = [];
        for (int i = 0; i < order.Length && kept.Count < mostRows; i++)
        {
            if (isSuppressed[i]) continue;
            cancellation.ThrowIfCancellationRequested();
            kept.Add(order[i]);
            for (int j = i + 1; j < order.Length; j++)
                if (!isSuppressed[j] && (!perClass || likely[order[i]] == likely[order[j]]))
                    isSuppressed[j] = Overlap(coordinates.AsSpan(order[i] * 4, 4), coordinates.AsSpan(order[j] * 4, 4)) > iou;
        }
        return kept;
    }

    /// <summary>Intersection over union of two boxes (centre x, centre y, width, height); 0 for boxes without area.</summary>
    private static double Overlap(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double width = Math.Min(a[0] + a[2] / 2, b[0] + b[2] / 2) - Math.Max(a[0] - a[2] / 2, b[0] - b[2] / 2);
        double height = Math.Min(a[1] + a[3] / 2, b[1] + b[3] / 2) - Math.Max(a[1] - a[3] / 2, b[1] - b[3] / 2);
        double both = Math.Max(width, 0) * Math.Max(height, 0);
        double all = a[2] * a[3] + b[2] * b[3] - both;
        return all > 0 ? both / all : 0;
    }

    private static double Number(ClassicCall call, string name, double otherwise) => call.Find(name) is { } feature ? call.NumbersOf(feature, name)[0] : otherwise;
}
