using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

public class LossFactoryTests
{
    /// <summary>Every name that is understood, what it builds and what that is called.</summary>
    private static readonly Dictionary<string, (Type Type, string Name)> Known = new()
    {
        ["CE"] = (typeof(CrossEntropyLoss), "CE"),
        ["WCE"] = (typeof(CrossEntropyLoss), "WCE"),
        ["WeightedCE"] = (typeof(CrossEntropyLoss), "WCE"),
        ["Focal"] = (typeof(FocalLoss), "Focal"),
        ["FL"] = (typeof(FocalLoss), "Focal"),
        ["FocalLoss"] = (typeof(FocalLoss), "Focal"),
        ["Dice"] = (typeof(DiceLoss), "Dice"),
        ["DiceLoss"] = (typeof(DiceLoss), "Dice"),
        ["LogDice"] = (typeof(LogDiceLoss), "LogDice"),
        ["LogDiceLoss"] = (typeof(LogDiceLoss), "LogDice"),
        ["GDice"] = (typeof(GeneralizedDiceLoss), "GDice"),
        ["GDiceLoss"] = (typeof(GeneralizedDiceLoss), "GDice"),
        ["DB"] = (typeof(DiceBiasLoss), "DB"),
        ["L1"] = (typeof(RegionSizeL1Loss), "L1"),
        ["KL"] = (typeof(RegionSizeKlLoss), "KL"),
        ["RCE(L1)"] = (typeof(RceL1Loss), "RCE(L1)"),
        ["CE+L1"] = (typeof(RceL1Loss), "RCE(L1)"),
        ["RCE(KL)"] = (typeof(RceKlLoss), "RCE(KL)"),
        ["CE+KL"] = (typeof(RceKlLoss), "RCE(KL)"),
        ["RFL(L1)"] = (typeof(RflL1Loss), "RFL(L1)"),
        ["Focal+L1"] = (typeof(RflL1Loss), "RFL(L1)"),
        ["RFL(KL)"] = (typeof(RflKlLoss), "RFL(KL)"),
        ["Focal+KL"] = (typeof(RflKlLoss), "RFL(KL)"),
        ["DiceCE"] = (typeof(DiceCeLoss), "DiceCE"),
        ["CE+Dice"] = (typeof(DiceCeLoss), "DiceCE"),
        ["DiceFL"] = (typeof(DiceFlLoss), "DiceFL"),
        ["Focal+Dice"] = (typeof(DiceFlLoss), "DiceFL"),
        ["LogDiceCE"] = (typeof(LogDiceCeLoss), "LogDiceCE"),
        ["CE+LogDice"] = (typeof(LogDiceCeLoss), "LogDiceCE"),
        ["LogDiceFL"] = (typeof(LogDiceFlLoss), "LogDiceFL"),
        ["Focal+LogDice"] = (typeof(LogDiceFlLoss), "LogDiceFL"),
        ["DBCE"] = (typeof(DbceLoss), "DBCE"),
        ["CE+DB"] = (typeof(DbceLoss), "DBCE"),
    };

    public static TheoryData<string> AllNames => [.. LossFactory.AllNames];

    public static TheoryData<string> Names => [.. LossFactory.Names];

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Name_InAnyCase_BuildsItsLoss(string name)
    {
        foreach (var spelling in (string[])[name, name.ToLowerInvariant(), name.ToUpperInvariant()])
        {
            using var loss = LossFactory.Create(spelling);
            (loss.GetType(), loss.Name).Should().Be(Known[name]);
        }
    }

    [Fact]
    public void Names_AreAllOfThem()
    {
        LossFactory.AllNames.Should().BeEquivalentTo(Known.Keys);
        LossFactory.Names.Should().BeEquivalentTo(Known.Values.Select(known => known.Name).Distinct());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CommonOptions_ReachTheLoss(string name)
    {
        using var loss = LossFactory.Create(name, new LossOptions { Mode = SegmentationMode.Binary, IgnoreIndex = 7, Reduction = Reduction.Sum });
        (loss.Mode, loss.IgnoreIndex, loss.reduction).Should().Be((SegmentationMode.Binary, 7L, Reduction.Sum));
    }

    [Theory]
    [InlineData("CE", "Weight")]
    [InlineData("WCE", "Weight")]
    [InlineData("Focal", "Gamma Form Weight")]
    [InlineData("Dice", "Pooling")]
    [InlineData("LogDice", "Pooling")]
    [InlineData("GDice", "")]
    [InlineData("DB", "Temperature")]
    [InlineData("L1", "Temperature")]
    [InlineData("KL", "Temperature")]
    [InlineData("RCE(L1)", "Lambda Temperature Weight")]
    [InlineData("RCE(KL)", "Lambda Temperature Weight")]
    [InlineData("RFL(L1)", "Lambda Temperature Gamma Form")]
    [InlineData("RFL(KL)", "Lambda Temperature Gamma Form")]
    [InlineData("DiceCE", "Lambda Pooling Weight")]
    [InlineData("DiceFL", "Lambda Pooling Gamma Form")]
    [InlineData("LogDiceCE", "Lambda Pooling Weight")]
    [InlineData("LogDiceFL", "Lambda Pooling Gamma Form")]
    [InlineData("DBCE", "Lambda Temperature Weight")]
    public void OwnOptions_ChangeTheLoss_AndOthersAreRefused(string name, string own)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var standard = LossFactory.Create(name);
        var (value, _) = scene.Evaluate(standard);
        Dictionary<string, LossOptions> options = new()
        {
            ["Lambda"] = new() { Lambda = 0.7 },
            ["Temperature"] = new() { Temperature = 3 },
            ["Gamma"] = new() { Gamma = 1.5 },
            ["Form"] = new() { Form = FocalForm.Softmax },
            ["Pooling"] = new() { Pooling = DicePooling.Image },
            ["Weight"] = new() { Weight = tensor((float[])[0.25f, 1, 3]) },
        };
        foreach (var (option, given) in options)
        {
            if (own.Split(' ').Contains(option))
            {
                using var loss = LossFactory.Create(name, given);
                scene.Evaluate(loss).Value.Should().NotBe(value, option);
            }
            else
            {
                FluentActions.Invoking(() => LossFactory.Create(name, given)).Should().Throw<ArgumentException>()
                    .WithMessage($"{name} has no {option}; leave it out*").WithParameterName("options");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Dice ")]
    [InlineData("Tversky")]
    public void UnknownName_ListsTheKnown(string name) =>
        FluentActions.Invoking(() => LossFactory.Create(name)).Should().Throw<ArgumentException>()
            .WithMessage($"there is no loss '{name}'; the known ones are {string.Join(", ", LossFactory.AllNames)}.*").WithParameterName(nameof(name));

    [Fact]
    public void Null_IsRefused() =>
        FluentActions.Invoking(() => LossFactory.Create(null!)).Should().Throw<ArgumentNullException>();
}
