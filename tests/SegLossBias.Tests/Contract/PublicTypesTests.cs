using System.Reflection;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Rules for every loss of the library, also those still to be written.</summary>
public class PublicTypesTests
{
    private static readonly Assembly Library = typeof(SegmentationLoss).Assembly;

    /// <summary>All that is a loss or a term.</summary>
    private static readonly Type[] Concrete =
        [.. Library.GetExportedTypes().Where(type => (type.IsAssignableTo(typeof(nn.Module)) || type.IsAssignableTo(typeof(LossTerm))) && !type.IsAbstract)];

    public static TheoryData<string> ConcreteNames => [.. Concrete.Select(type => type.Name)];

    [Fact]
    public void LossesAndTerms_AreFound() =>
        Concrete.Should().Contain([typeof(CrossEntropy), typeof(RceL1Loss), typeof(SegmentationLoss), typeof(TopKCrossEntropy)]).And.HaveCountGreaterThanOrEqualTo(20);

    /// <summary>A file with <c>using TorchSharp.Modules;</c> must be able to say each name.</summary>
    [Fact]
    public void NoPublicName_IsOneOfTorchSharps()
    {
        var theirs = typeof(torch).Assembly.GetExportedTypes().Select(PlainName).ToHashSet();
        theirs.Should().Contain("CrossEntropyLoss", "else nothing was compared");
        Library.GetExportedTypes().Select(PlainName).Where(theirs.Contains).Should().BeEmpty();

        static string PlainName(Type type) => type.Name.Split('`')[0];
    }

    [Theory]
    [MemberData(nameof(ConcreteNames))]
    public void LossOrTerm_IsSealedAndNamedForWhatItIs(string name)
    {
        var type = Concrete.Single(type => type.Name == name);
        var isLoss = type.IsAssignableTo(typeof(SegmentationLoss));
        (type.IsSealed || type == typeof(SegmentationLoss)).Should().Be(true);
        type.Name.EndsWith("Loss", StringComparison.Ordinal).Should().Be(isLoss, "modules are called losses, terms are not");
    }

    /// <summary>A base class that nobody outside can derive from would be in the way of readers.</summary>
    [Fact]
    public void AbstractClasses_CanBeDerivedFrom()
    {
        var closed = Library.GetExportedTypes().Where(type => type.IsClass && type.IsAbstract && !type.IsSealed)
            .Where(type => !type.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Any(constructor => constructor.IsFamily || constructor.IsPublic));
        closed.Should().BeEquivalentTo(
            [typeof(LossTerm), typeof(Formula), typeof(SegmentationMetrics), typeof(ClassMetrics<,>), typeof(CountMetrics<,>), typeof(SafeOptimizer)],
            "users derive from RegionTerm and PixelTerm, and write formulas with operators; accumulators of metrics share how they are filled, read and reported, optimizers how they keep scalars and state");
    }

    /// <summary>A parameter that is added later would break compiled callers; settings are properties.</summary>
    [Fact]
    public void Constructors_HaveNoOptionalParameters() =>
        Concrete.SelectMany(type => type.GetConstructors()).SelectMany(constructor => constructor.GetParameters()).Where(parameter => parameter.IsOptional).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(ConcreteNames))]
    public void LossOrTerm_IsDocumentedWithFormulaAndSource(string name)
    {
        var type = Concrete.Single(type => type.Name == name);
        var member = Documentation.Of(type);
        member.Element("summary")!.Value.Should().NotBeNullOrWhiteSpace();
        member.Element("remarks")!.Descendants("code").Should().NotBeEmpty("remarks give the formula in <code>");
        member.Value.Should().MatchRegex(@"arXiv:\d{4}\.\d{5}|doi:10\.\d{4,}/\S");
    }

    [Fact]
    public void LossesAndTerms_AreAllBuiltByNameAndInTheTable()
    {
        Type[] byName = [.. LossFactory.AllNames.SelectMany(name => TypesOf(() => LossFactory.Create(name))).Distinct()];
        Type[] inTable = [.. LossTable.All.SelectMany(row => TypesOf(() => row.Create())).Distinct()];
        Concrete.Except(byName).Should().BeEmpty("a new loss needs a line in LossFactory");
        Concrete.Except(inTable).Should().BeEmpty("a new loss needs a row in LossTable");
    }

    private static Type[] TypesOf(Func<SegmentationLoss> create)
    {
        using var loss = create();
        return [loss.GetType(), .. loss.Terms.Select(term => term.Term.GetType())];
    }
}
