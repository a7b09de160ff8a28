using Spectre.Console;
using Spectre.Console.Rendering;

namespace TensorLogic.Tool.Output;

/// <summary>Tables and bars of all commands. Text given here is shown as it is; control characters are spelled out.</summary>
internal static class Tables
{
    /// <summary>Cells of a bar that stands for 1.</summary>
    public const int BarWidth = 30;

    /// <summary>A table without lines; the first column is the key.</summary>
    public static Table Create(params ReadOnlySpan<string> headers)
    {
        Table table = new Table().Border(TableBorder.None);
        bool titled = false;
        foreach (string header in headers)
        {
            table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))) { NoWrap = false, Padding = new(0, 0, 2, 0) });
            titled |= header.Length > 0;
        }
        return titled ? table : table.HideHeaders();
    }

    /// <summary>Adds a row of plain texts.</summary>
    public static void Row(this Table table, params ReadOnlySpan<string> cells)
    {
        var row = new IRenderable[cells.Length];
        for (int i = 0; i < cells.Length; i++) row[i] = new Text(Printable.Line(cells[i], 400));
        table.AddRow(row);
    }

    /// <summary>A row whose last cell is a bar; <paramref name="share"/> is between 0 and 1.</summary>
    public static void BarRow(this Table table, double share, params ReadOnlySpan<string> cells)
    {
        var row = new IRenderable[cells.Length + 1];
        for (int i = 0; i < cells.Length; i++) row[i] = new Text(Printable.Line(cells[i], 400));
        row[^1] = new Text(Bar(share), new Style(Color.Green));
        table.AddRow(row);
    }

    /// <summary>Writes a heading and a table.</summary>
    public static void Section(this IAnsiConsole console, string heading, Table table)
    {
        console.WriteLine();
        console.Write(new Text(heading + "\n", new Style(decoration: Decoration.Bold)));
        console.Write(new Padder(table, new(2, 0, 0, 0)));
    }

    private static string Bar(double share)
    {
        if (!(share > 0)) return "";
        int eighths = Math.Max(1, (int)Math.Round(Math.Min(share, 1) * BarWidth * 8));
        return new string('█', eighths / 8) + (eighths % 8 is int rest and > 0 ? ((char)('█' + 8 - rest)).ToString() : "");
    }
}
