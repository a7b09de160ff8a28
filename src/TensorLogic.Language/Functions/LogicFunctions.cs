using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Entities by name and number (9.7).</summary>
internal static class LogicFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("entity_id(name, domain = \"entity\")", static c => DomainOf(c, 1).IdOf(c.Text(0)));
        library.Add("entity_name(id, domain = \"entity\")", static c =>
        {
            Domain domain = DomainOf(c, 1);
            long id = c.Int(0);
            return id >= 0 && id < domain.Count ? domain.NameOf((int)id) : throw new ScriptFault(Messages.EntityNotKnown(id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        });
        library.Add("entities(domain = \"entity\")", static c => Value.Of(DomainOf(c, 0).Names.Select(name => (Value)name)));
    }

    private static Domain DomainOf(LibraryCall c, int index)
    {
        if (c[index].Content is Learnable { Domain: { } own }) return own;
        c.Run.Database.Derive(c.Run);
        string name = c.Text(index);
        return c.Run.Database.FindDomain(name) ?? throw new ScriptFault(Messages.EntityNotKnown(name));
    }
}
