using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace SegLossBias;

/// <summary>A loss that can be built by name: a term, which becomes a loss by itself, or a ready-made compound.</summary>
internal sealed class LossEntry
{
    private const DynamicallyAccessedMemberTypes Needed = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    [DynamicallyAccessedMembers(Needed)]
    private readonly Type _type;

    internal LossEntry(string name, [DynamicallyAccessedMembers(Needed)] Type type, params string[] otherNames)
    {
        (Name, _type) = (name, type);
        AllNames = name == "WCE" ? [name, .. otherNames] : [name, .. otherNames, type.Name];
    }

    internal string Name { get; }

    internal IReadOnlyList<string> AllNames { get; }

    internal SegmentationLoss Build(IReadOnlyDictionary<string, object?> settings)
    {
        var made = Activator.CreateInstance(_type)!;
        var all = new SettingList(settings);
        if (made is not LossTerm term)
        {
            var loss = (SegmentationLoss)made;
            all.Apply(Name, [("", loss), .. Terms(loss)]);
            return loss;
        }

        // The term first: its name, and so the name of the loss, may depend on its settings.
        var (ofLoss, ofTerm) = all.Split(new SegmentationLoss(term));
        ofTerm.Apply(Name, [("", term)], alsoKnown: typeof(SegmentationLoss));
        var single = new SegmentationLoss(Default(term, settings));
        ofLoss.Apply(Name, [("", single)]);
        return single;
    }

    /// <summary>The weighted cross-entropy has inverse frequencies where no weights are given.</summary>
    private LossTerm Default(LossTerm term, IReadOnlyDictionary<string, object?> settings) =>
        Name != "WCE" || term is not CrossEntropy { Weight: null, PositiveWeight: null, Form: CrossEntropyForm.Pixel } given ? term
        : settings.Keys.Contains(nameof(CrossEntropy.Form), StringComparer.OrdinalIgnoreCase)
            ? throw new ArgumentException("WCE weighs the classes, but the form is Pixel and there are no weights; give weight, leave form out for inverse frequencies, or take CE.", nameof(settings))
            : new CrossEntropy { Form = CrossEntropyForm.InverseFrequency, LabelSmoothing = given.LabelSmoothing, Classes = given.Classes };

    private static IEnumerable<(string Path, object Target)> Terms(SegmentationLoss loss) =>
        SettingsText.Of(loss.GetType())
            .Where(property => typeof(LossTerm).IsAssignableFrom(property.PropertyType))
            .Select(property => (property.Name, property.GetValue(loss)!));
}
