// The law that this executable was built with, byte for byte from the files of this repository.
//
// Made by a test (UPDATE_SNAPSHOTS=1) from the genesis profile of registries/selections.json; another
// test compares. #embed is C23 and clang's extension before it.
#include "CGenesis.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file_0[] = {
#embed "../../../ledger/README.md"
};
static const unsigned char file_1[] = {
#embed "../../../ledger/control_plane_chain.json"
};
static const unsigned char file_2[] = {
#embed "../../../ledger/event_map.json"
};
static const unsigned char file_3[] = {
#embed "../../../planes/first_order/tier.json"
};
static const unsigned char file_4[] = {
#embed "../../../planes/hot/tier.json"
};
static const unsigned char file_5[] = {
#embed "../../../planes/meta/tier.json"
};
static const unsigned char file_6[] = {
#embed "../../../prompts/PROMPT-ANSWER/1.0.0/prompt.json"
};
static const unsigned char file_7[] = {
#embed "../../../prompts/PROMPT-ASK/1.0.0/prompt.json"
};
static const unsigned char file_8[] = {
#embed "../../../prompts/README.md"
};
static const unsigned char file_9[] = {
#embed "../../../registries/ENFORCEMENT_GATES.yml"
};
static const unsigned char file_10[] = {
#embed "../../../registries/bundles/charter/.manifest"
};
static const unsigned char file_11[] = {
#embed "../../../registries/bundles/charter/admission.rego"
};
static const unsigned char file_12[] = {
#embed "../../../registries/bundles/charter/admission_test.rego"
};
static const unsigned char file_13[] = {
#embed "../../../registries/bundles/charter/authz.rego"
};
static const unsigned char file_14[] = {
#embed "../../../registries/bundles/charter/authz_test.rego"
};
static const unsigned char file_15[] = {
#embed "../../../registries/bundles/charter/boundary.rego"
};
static const unsigned char file_16[] = {
#embed "../../../registries/bundles/charter/boundary_test.rego"
};
static const unsigned char file_17[] = {
#embed "../../../registries/bundles/charter/builder.rego"
};
static const unsigned char file_18[] = {
#embed "../../../registries/bundles/charter/builder_test.rego"
};
static const unsigned char file_19[] = {
#embed "../../../registries/bundles/charter/charter/fixtures/data.json"
};
static const unsigned char file_20[] = {
#embed "../../../registries/bundles/charter/data.json"
};
static const unsigned char file_21[] = {
#embed "../../../registries/bundles/charter/deprecation.rego"
};
static const unsigned char file_22[] = {
#embed "../../../registries/bundles/charter/deprecation_test.rego"
};
static const unsigned char file_23[] = {
#embed "../../../registries/bundles/charter/emergency.rego"
};
static const unsigned char file_24[] = {
#embed "../../../registries/bundles/charter/emergency_test.rego"
};
static const unsigned char file_25[] = {
#embed "../../../registries/bundles/charter/production.rego"
};
static const unsigned char file_26[] = {
#embed "../../../registries/bundles/charter/production_test.rego"
};
static const unsigned char file_27[] = {
#embed "../../../registries/bundles/charter/purpose.rego"
};
static const unsigned char file_28[] = {
#embed "../../../registries/bundles/charter/purpose_test.rego"
};
static const unsigned char file_29[] = {
#embed "../../../registries/entity_types.json"
};
static const unsigned char file_30[] = {
#embed "../../../registries/frameworks/FMWK-100.schema.json"
};
static const unsigned char file_31[] = {
#embed "../../../registries/frameworks/FMWK-100_agent_development_standard.md"
};
static const unsigned char file_32[] = {
#embed "../../../registries/frameworks/FMWK-101.schema.json"
};
static const unsigned char file_33[] = {
#embed "../../../registries/frameworks/FMWK-101_altitude_depth_standard.md"
};
static const unsigned char file_34[] = {
#embed "../../../registries/frameworks/FMWK-102.schema.json"
};
static const unsigned char file_35[] = {
#embed "../../../registries/frameworks/FMWK-102_altitude_convention.md"
};
static const unsigned char file_36[] = {
#embed "../../../registries/frameworks/FMWK-107.schema.json"
};
static const unsigned char file_37[] = {
#embed "../../../registries/frameworks/FMWK-107_package_management_standard.md"
};
static const unsigned char file_38[] = {
#embed "../../../registries/frameworks/FMWK-200.schema.json"
};
static const unsigned char file_39[] = {
#embed "../../../registries/frameworks/FMWK-200_ledger_protocol.md"
};
static const unsigned char file_40[] = {
#embed "../../../registries/frameworks/FMWK-AI-001.schema.json"
};
static const unsigned char file_41[] = {
#embed "../../../registries/frameworks/FMWK-AI-001_attention_and_context.md"
};
static const unsigned char file_42[] = {
#embed "../../../registries/frameworks/FMWK-ATT-001.schema.json"
};
static const unsigned char file_43[] = {
#embed "../../../registries/frameworks/FMWK-ATT-001_provenance_attestation_standard.md"
};
static const unsigned char file_44[] = {
#embed "../../../registries/frameworks/FMWK-CODE.schema.json"
};
static const unsigned char file_45[] = {
#embed "../../../registries/frameworks/FMWK-CODE_code_standard.md"
};
static const unsigned char file_46[] = {
#embed "../../../registries/frameworks/FMWK-CONFIG.schema.json"
};
static const unsigned char file_47[] = {
#embed "../../../registries/frameworks/FMWK-CONFIG_configuration_standard.md"
};
static const unsigned char file_48[] = {
#embed "../../../registries/frameworks/FMWK-DOC.schema.json"
};
static const unsigned char file_49[] = {
#embed "../../../registries/frameworks/FMWK-DOC_document_standard.md"
};
static const unsigned char file_50[] = {
#embed "../../../registries/frameworks/FMWK-GATE.schema.json"
};
static const unsigned char file_51[] = {
#embed "../../../registries/frameworks/FMWK-GATE_gate_protocol.md"
};
static const unsigned char file_52[] = {
#embed "../../../registries/frameworks/FMWK-IAM.schema.json"
};
static const unsigned char file_53[] = {
#embed "../../../registries/frameworks/FMWK-IAM_identity_and_access.md"
};
static const unsigned char file_54[] = {
#embed "../../../registries/frameworks/FMWK-PKG-001.schema.json"
};
static const unsigned char file_55[] = {
#embed "../../../registries/frameworks/FMWK-PKG-001_package_standard.md"
};
static const unsigned char file_56[] = {
#embed "../../../registries/frameworks/FMWK-PLANE.schema.json"
};
static const unsigned char file_57[] = {
#embed "../../../registries/frameworks/FMWK-PLANE_plane_architecture.md"
};
static const unsigned char file_58[] = {
#embed "../../../registries/frameworks/FMWK-POLICY.schema.json"
};
static const unsigned char file_59[] = {
#embed "../../../registries/frameworks/FMWK-POLICY_policy_standard.md"
};
static const unsigned char file_60[] = {
#embed "../../../registries/frameworks/FMWK-REG.schema.json"
};
static const unsigned char file_61[] = {
#embed "../../../registries/frameworks/FMWK-REG_registry_governance.md"
};
static const unsigned char file_62[] = {
#embed "../../../registries/frameworks/FMWK-REPO.schema.json"
};
static const unsigned char file_63[] = {
#embed "../../../registries/frameworks/FMWK-REPO_repository_standard.md"
};
static const unsigned char file_64[] = {
#embed "../../../registries/frameworks/FMWK-SCHEMA.schema.json"
};
static const unsigned char file_65[] = {
#embed "../../../registries/frameworks/FMWK-SCHEMA_schema_governance.md"
};
static const unsigned char file_66[] = {
#embed "../../../registries/frameworks/FMWK-TEST.schema.json"
};
static const unsigned char file_67[] = {
#embed "../../../registries/frameworks/FMWK-TEST_test_standard.md"
};
static const unsigned char file_68[] = {
#embed "../../../registries/frameworks/FMWK-VERSION.schema.json"
};
static const unsigned char file_69[] = {
#embed "../../../registries/frameworks/FMWK-VERSION_version_standard.md"
};
static const unsigned char file_70[] = {
#embed "../../../registries/gates/G0.json"
};
static const unsigned char file_71[] = {
#embed "../../../registries/gates/G1.json"
};
static const unsigned char file_72[] = {
#embed "../../../registries/gates/G2.json"
};
static const unsigned char file_73[] = {
#embed "../../../registries/gates/G3.json"
};
static const unsigned char file_74[] = {
#embed "../../../registries/gates/G4.json"
};
static const unsigned char file_75[] = {
#embed "../../../registries/gates/G5.json"
};
static const unsigned char file_76[] = {
#embed "../../../registries/gates/G6.json"
};
static const unsigned char file_77[] = {
#embed "../../../registries/gates/G7.json"
};
static const unsigned char file_78[] = {
#embed "../../../registries/gates/G8.json"
};
static const unsigned char file_79[] = {
#embed "../../../registries/package_signers.json"
};
static const unsigned char file_80[] = {
#embed "../../../registries/packages/PKG-CONFIG.json"
};
static const unsigned char file_81[] = {
#embed "../../../registries/packages/PKG-DOCS.json"
};
static const unsigned char file_82[] = {
#embed "../../../registries/packages/PKG-GATES.json"
};
static const unsigned char file_83[] = {
#embed "../../../registries/packages/PKG-LAW.json"
};
static const unsigned char file_84[] = {
#embed "../../../registries/packages/PKG-PLANES.json"
};
static const unsigned char file_85[] = {
#embed "../../../registries/packages/PKG-POLICIES.json"
};
static const unsigned char file_86[] = {
#embed "../../../registries/packages/PKG-PROMPTS.json"
};
static const unsigned char file_87[] = {
#embed "../../../registries/packages/PKG-REGISTRIES.json"
};
static const unsigned char file_88[] = {
#embed "../../../registries/packages/PKG-SCHEMAS.json"
};
static const unsigned char file_89[] = {
#embed "../../../registries/policies/POL-ADMIT-001.json"
};
static const unsigned char file_90[] = {
#embed "../../../registries/policies/POL-ATTENTION-001.json"
};
static const unsigned char file_91[] = {
#embed "../../../registries/policies/POL-AUTHZ-001.json"
};
static const unsigned char file_92[] = {
#embed "../../../registries/policies/POL-BOUNDARY-001.json"
};
static const unsigned char file_93[] = {
#embed "../../../registries/policies/POL-BUILDER-001.json"
};
static const unsigned char file_94[] = {
#embed "../../../registries/policies/POL-CONFLICT-001.json"
};
static const unsigned char file_95[] = {
#embed "../../../registries/policies/POL-DEPRECATE-001.json"
};
static const unsigned char file_96[] = {
#embed "../../../registries/policies/POL-EMERGENCY-001.json"
};
static const unsigned char file_97[] = {
#embed "../../../registries/policies/POL-EXEMPT-001.json"
};
static const unsigned char file_98[] = {
#embed "../../../registries/policies/POL-FILL-001.json"
};
static const unsigned char file_99[] = {
#embed "../../../registries/policies/POL-INSTALL-001.json"
};
static const unsigned char file_100[] = {
#embed "../../../registries/policies/POL-PROD-001.json"
};
static const unsigned char file_101[] = {
#embed "../../../registries/policies/POL-PURPOSE-001.json"
};
static const unsigned char file_102[] = {
#embed "../../../registries/root.json"
};
static const unsigned char file_103[] = {
#embed "../../../registries/schemas/attention_envelope.json"
};
static const unsigned char file_104[] = {
#embed "../../../registries/schemas/attention_policy.json"
};
static const unsigned char file_105[] = {
#embed "../../../registries/schemas/attestation.json"
};
static const unsigned char file_106[] = {
#embed "../../../registries/schemas/control_plane_chain.schema.json"
};
static const unsigned char file_107[] = {
#embed "../../../registries/schemas/cp_status.json"
};
static const unsigned char file_108[] = {
#embed "../../../registries/schemas/entity_agent.json"
};
static const unsigned char file_109[] = {
#embed "../../../registries/schemas/entity_application.json"
};
static const unsigned char file_110[] = {
#embed "../../../registries/schemas/entity_capability.json"
};
static const unsigned char file_111[] = {
#embed "../../../registries/schemas/entity_cloud_service.json"
};
static const unsigned char file_112[] = {
#embed "../../../registries/schemas/entity_decision.json"
};
static const unsigned char file_113[] = {
#embed "../../../registries/schemas/entity_environment.json"
};
static const unsigned char file_114[] = {
#embed "../../../registries/schemas/entity_extension_point.json"
};
static const unsigned char file_115[] = {
#embed "../../../registries/schemas/entity_interface.json"
};
static const unsigned char file_116[] = {
#embed "../../../registries/schemas/entity_module.json"
};
static const unsigned char file_117[] = {
#embed "../../../registries/schemas/entity_plane.json"
};
static const unsigned char file_118[] = {
#embed "../../../registries/schemas/entity_policy.json"
};
static const unsigned char file_119[] = {
#embed "../../../registries/schemas/entity_registry.json"
};
static const unsigned char file_120[] = {
#embed "../../../registries/schemas/entity_stack.json"
};
static const unsigned char file_121[] = {
#embed "../../../registries/schemas/entity_types.schema.json"
};
static const unsigned char file_122[] = {
#embed "../../../registries/schemas/envelope.json"
};
static const unsigned char file_123[] = {
#embed "../../../registries/schemas/gate.json"
};
static const unsigned char file_124[] = {
#embed "../../../registries/schemas/gate_input.json"
};
static const unsigned char file_125[] = {
#embed "../../../registries/schemas/gate_result.json"
};
static const unsigned char file_126[] = {
#embed "../../../registries/schemas/governor_rules.json"
};
static const unsigned char file_127[] = {
#embed "../../../registries/schemas/install_policy.json"
};
static const unsigned char file_128[] = {
#embed "../../../registries/schemas/ledger_entry.json"
};
static const unsigned char file_129[] = {
#embed "../../../registries/schemas/ledger_events.schema.json"
};
static const unsigned char file_130[] = {
#embed "../../../registries/schemas/modules.schema.json"
};
static const unsigned char file_131[] = {
#embed "../../../registries/schemas/package_manifest.json"
};
static const unsigned char file_132[] = {
#embed "../../../registries/schemas/package_signers.schema.json"
};
static const unsigned char file_133[] = {
#embed "../../../registries/schemas/policy.json"
};
static const unsigned char file_134[] = {
#embed "../../../registries/schemas/prompt.json"
};
static const unsigned char file_135[] = {
#embed "../../../registries/schemas/prompt_message.json"
};
static const unsigned char file_136[] = {
#embed "../../../registries/schemas/root.schema.json"
};
static const unsigned char file_137[] = {
#embed "../../../registries/schemas/schema_framework.json"
};
static const unsigned char file_138[] = {
#embed "../../../registries/schemas/schema_governed_entity.json"
};
static const unsigned char file_139[] = {
#embed "../../../registries/schemas/schema_spec.json"
};
static const unsigned char file_140[] = {
#embed "../../../registries/schemas/selections.schema.json"
};
static const unsigned char file_141[] = {
#embed "../../../registries/schemas/spec_template.schema.json"
};
static const unsigned char file_142[] = {
#embed "../../../registries/schemas/tier.schema.json"
};
static const unsigned char file_143[] = {
#embed "../../../registries/selections.json"
};
static const unsigned char file_144[] = {
#embed "../../../registries/specs/SPEC-CONFIG.json"
};
static const unsigned char file_145[] = {
#embed "../../../registries/specs/SPEC-DOCS.json"
};
static const unsigned char file_146[] = {
#embed "../../../registries/specs/SPEC-GATES.json"
};
static const unsigned char file_147[] = {
#embed "../../../registries/specs/SPEC-LAW.json"
};
static const unsigned char file_148[] = {
#embed "../../../registries/specs/SPEC-PLANES.json"
};
static const unsigned char file_149[] = {
#embed "../../../registries/specs/SPEC-POLICIES.json"
};
static const unsigned char file_150[] = {
#embed "../../../registries/specs/SPEC-PROMPTS.json"
};
static const unsigned char file_151[] = {
#embed "../../../registries/specs/SPEC-REGISTRIES.json"
};
static const unsigned char file_152[] = {
#embed "../../../registries/specs/SPEC-SCHEMAS.json"
};
static const unsigned char file_153[] = {
#embed "../../../registries/templates/agent/files/08_commit.md.template"
};
static const unsigned char file_154[] = {
#embed "../../../registries/templates/agent/files/README.md.template"
};
static const unsigned char file_155[] = {
#embed "../../../registries/templates/agent/files/src/{{module}}.py.template"
};
static const unsigned char file_156[] = {
#embed "../../../registries/templates/agent/files/tests/test_{{module}}.py.template"
};
static const unsigned char file_157[] = {
#embed "../../../registries/templates/agent/package.json.template"
};
static const unsigned char file_158[] = {
#embed "../../../registries/templates/agent/spec.json.template"
};
static const unsigned char file_159[] = {
#embed "../../../registries/templates/agent/template.json"
};

static const struct genesis_file files[] = {
    {"ledger/README.md", "PKG-CONFIG", file_0, sizeof file_0},
    {"ledger/control_plane_chain.json", "PKG-CONFIG", file_1, sizeof file_1},
    {"ledger/event_map.json", "PKG-CONFIG", file_2, sizeof file_2},
    {"planes/first_order/tier.json", "PKG-PLANES", file_3, sizeof file_3},
    {"planes/hot/tier.json", "PKG-PLANES", file_4, sizeof file_4},
    {"planes/meta/tier.json", "PKG-PLANES", file_5, sizeof file_5},
    {"prompts/PROMPT-ANSWER/1.0.0/prompt.json", "PKG-PROMPTS", file_6, sizeof file_6},
    {"prompts/PROMPT-ASK/1.0.0/prompt.json", "PKG-PROMPTS", file_7, sizeof file_7},
    {"prompts/README.md", "PKG-PROMPTS", file_8, sizeof file_8},
    {"registries/ENFORCEMENT_GATES.yml", "PKG-GATES", file_9, sizeof file_9},
    {"registries/bundles/charter/.manifest", "PKG-POLICIES", file_10, sizeof file_10},
    {"registries/bundles/charter/admission.rego", "PKG-POLICIES", file_11, sizeof file_11},
    {"registries/bundles/charter/admission_test.rego", "PKG-POLICIES", file_12, sizeof file_12},
    {"registries/bundles/charter/authz.rego", "PKG-POLICIES", file_13, sizeof file_13},
    {"registries/bundles/charter/authz_test.rego", "PKG-POLICIES", file_14, sizeof file_14},
    {"registries/bundles/charter/boundary.rego", "PKG-POLICIES", file_15, sizeof file_15},
    {"registries/bundles/charter/boundary_test.rego", "PKG-POLICIES", file_16, sizeof file_16},
    {"registries/bundles/charter/builder.rego", "PKG-POLICIES", file_17, sizeof file_17},
    {"registries/bundles/charter/builder_test.rego", "PKG-POLICIES", file_18, sizeof file_18},
    {"registries/bundles/charter/charter/fixtures/data.json", "PKG-POLICIES", file_19, sizeof file_19},
    {"registries/bundles/charter/data.json", "PKG-POLICIES", file_20, sizeof file_20},
    {"registries/bundles/charter/deprecation.rego", "PKG-POLICIES", file_21, sizeof file_21},
    {"registries/bundles/charter/deprecation_test.rego", "PKG-POLICIES", file_22, sizeof file_22},
    {"registries/bundles/charter/emergency.rego", "PKG-POLICIES", file_23, sizeof file_23},
    {"registries/bundles/charter/emergency_test.rego", "PKG-POLICIES", file_24, sizeof file_24},
    {"registries/bundles/charter/production.rego", "PKG-POLICIES", file_25, sizeof file_25},
    {"registries/bundles/charter/production_test.rego", "PKG-POLICIES", file_26, sizeof file_26},
    {"registries/bundles/charter/purpose.rego", "PKG-POLICIES", file_27, sizeof file_27},
    {"registries/bundles/charter/purpose_test.rego", "PKG-POLICIES", file_28, sizeof file_28},
    {"registries/entity_types.json", "PKG-REGISTRIES", file_29, sizeof file_29},
    {"registries/frameworks/FMWK-100.schema.json", "PKG-LAW", file_30, sizeof file_30},
    {"registries/frameworks/FMWK-100_agent_development_standard.md", "PKG-LAW", file_31, sizeof file_31},
    {"registries/frameworks/FMWK-101.schema.json", "PKG-LAW", file_32, sizeof file_32},
    {"registries/frameworks/FMWK-101_altitude_depth_standard.md", "PKG-LAW", file_33, sizeof file_33},
    {"registries/frameworks/FMWK-102.schema.json", "PKG-LAW", file_34, sizeof file_34},
    {"registries/frameworks/FMWK-102_altitude_convention.md", "PKG-LAW", file_35, sizeof file_35},
    {"registries/frameworks/FMWK-107.schema.json", "PKG-LAW", file_36, sizeof file_36},
    {"registries/frameworks/FMWK-107_package_management_standard.md", "PKG-LAW", file_37, sizeof file_37},
    {"registries/frameworks/FMWK-200.schema.json", "PKG-LAW", file_38, sizeof file_38},
    {"registries/frameworks/FMWK-200_ledger_protocol.md", "PKG-LAW", file_39, sizeof file_39},
    {"registries/frameworks/FMWK-AI-001.schema.json", "PKG-LAW", file_40, sizeof file_40},
    {"registries/frameworks/FMWK-AI-001_attention_and_context.md", "PKG-LAW", file_41, sizeof file_41},
    {"registries/frameworks/FMWK-ATT-001.schema.json", "PKG-LAW", file_42, sizeof file_42},
    {"registries/frameworks/FMWK-ATT-001_provenance_attestation_standard.md", "PKG-LAW", file_43, sizeof file_43},
    {"registries/frameworks/FMWK-CODE.schema.json", "PKG-LAW", file_44, sizeof file_44},
    {"registries/frameworks/FMWK-CODE_code_standard.md", "PKG-LAW", file_45, sizeof file_45},
    {"registries/frameworks/FMWK-CONFIG.schema.json", "PKG-LAW", file_46, sizeof file_46},
    {"registries/frameworks/FMWK-CONFIG_configuration_standard.md", "PKG-LAW", file_47, sizeof file_47},
    {"registries/frameworks/FMWK-DOC.schema.json", "PKG-LAW", file_48, sizeof file_48},
    {"registries/frameworks/FMWK-DOC_document_standard.md", "PKG-LAW", file_49, sizeof file_49},
    {"registries/frameworks/FMWK-GATE.schema.json", "PKG-LAW", file_50, sizeof file_50},
    {"registries/frameworks/FMWK-GATE_gate_protocol.md", "PKG-LAW", file_51, sizeof file_51},
    {"registries/frameworks/FMWK-IAM.schema.json", "PKG-LAW", file_52, sizeof file_52},
    {"registries/frameworks/FMWK-IAM_identity_and_access.md", "PKG-LAW", file_53, sizeof file_53},
    {"registries/frameworks/FMWK-PKG-001.schema.json", "PKG-LAW", file_54, sizeof file_54},
    {"registries/frameworks/FMWK-PKG-001_package_standard.md", "PKG-LAW", file_55, sizeof file_55},
    {"registries/frameworks/FMWK-PLANE.schema.json", "PKG-LAW", file_56, sizeof file_56},
    {"registries/frameworks/FMWK-PLANE_plane_architecture.md", "PKG-LAW", file_57, sizeof file_57},
    {"registries/frameworks/FMWK-POLICY.schema.json", "PKG-LAW", file_58, sizeof file_58},
    {"registries/frameworks/FMWK-POLICY_policy_standard.md", "PKG-LAW", file_59, sizeof file_59},
    {"registries/frameworks/FMWK-REG.schema.json", "PKG-LAW", file_60, sizeof file_60},
    {"registries/frameworks/FMWK-REG_registry_governance.md", "PKG-LAW", file_61, sizeof file_61},
    {"registries/frameworks/FMWK-REPO.schema.json", "PKG-LAW", file_62, sizeof file_62},
    {"registries/frameworks/FMWK-REPO_repository_standard.md", "PKG-LAW", file_63, sizeof file_63},
    {"registries/frameworks/FMWK-SCHEMA.schema.json", "PKG-LAW", file_64, sizeof file_64},
    {"registries/frameworks/FMWK-SCHEMA_schema_governance.md", "PKG-LAW", file_65, sizeof file_65},
    {"registries/frameworks/FMWK-TEST.schema.json", "PKG-LAW", file_66, sizeof file_66},
    {"registries/frameworks/FMWK-TEST_test_standard.md", "PKG-LAW", file_67, sizeof file_67},
    {"registries/frameworks/FMWK-VERSION.schema.json", "PKG-LAW", file_68, sizeof file_68},
    {"registries/frameworks/FMWK-VERSION_version_standard.md", "PKG-LAW", file_69, sizeof file_69},
    {"registries/gates/G0.json", "PKG-GATES", file_70, sizeof file_70},
    {"registries/gates/G1.json", "PKG-GATES", file_71, sizeof file_71},
    {"registries/gates/G2.json", "PKG-GATES", file_72, sizeof file_72},
    {"registries/gates/G3.json", "PKG-GATES", file_73, sizeof file_73},
    {"registries/gates/G4.json", "PKG-GATES", file_74, sizeof file_74},
    {"registries/gates/G5.json", "PKG-GATES", file_75, sizeof file_75},
    {"registries/gates/G6.json", "PKG-GATES", file_76, sizeof file_76},
    {"registries/gates/G7.json", "PKG-GATES", file_77, sizeof file_77},
    {"registries/gates/G8.json", "PKG-GATES", file_78, sizeof file_78},
    {"registries/package_signers.json", "PKG-REGISTRIES", file_79, sizeof file_79},
    {"registries/packages/PKG-CONFIG.json", "PKG-REGISTRIES", file_80, sizeof file_80},
    {"registries/packages/PKG-DOCS.json", "PKG-REGISTRIES", file_81, sizeof file_81},
    {"registries/packages/PKG-GATES.json", "PKG-REGISTRIES", file_82, sizeof file_82},
    {"registries/packages/PKG-LAW.json", "PKG-REGISTRIES", file_83, sizeof file_83},
    {"registries/packages/PKG-PLANES.json", "PKG-REGISTRIES", file_84, sizeof file_84},
    {"registries/packages/PKG-POLICIES.json", "PKG-REGISTRIES", file_85, sizeof file_85},
    {"registries/packages/PKG-PROMPTS.json", "PKG-REGISTRIES", file_86, sizeof file_86},
    {"registries/packages/PKG-REGISTRIES.json", "PKG-REGISTRIES", file_87, sizeof file_87},
    {"registries/packages/PKG-SCHEMAS.json", "PKG-REGISTRIES", file_88, sizeof file_88},
    {"registries/policies/POL-ADMIT-001.json", "PKG-POLICIES", file_89, sizeof file_89},
    {"registries/policies/POL-ATTENTION-001.json", "PKG-POLICIES", file_90, sizeof file_90},
    {"registries/policies/POL-AUTHZ-001.json", "PKG-POLICIES", file_91, sizeof file_91},
    {"registries/policies/POL-BOUNDARY-001.json", "PKG-POLICIES", file_92, sizeof file_92},
    {"registries/policies/POL-BUILDER-001.json", "PKG-POLICIES", file_93, sizeof file_93},
    {"registries/policies/POL-CONFLICT-001.json", "PKG-POLICIES", file_94, sizeof file_94},
    {"registries/policies/POL-DEPRECATE-001.json", "PKG-POLICIES", file_95, sizeof file_95},
    {"registries/policies/POL-EMERGENCY-001.json", "PKG-POLICIES", file_96, sizeof file_96},
    {"registries/policies/POL-EXEMPT-001.json", "PKG-POLICIES", file_97, sizeof file_97},
    {"registries/policies/POL-FILL-001.json", "PKG-POLICIES", file_98, sizeof file_98},
    {"registries/policies/POL-INSTALL-001.json", "PKG-POLICIES", file_99, sizeof file_99},
    {"registries/policies/POL-PROD-001.json", "PKG-POLICIES", file_100, sizeof file_100},
    {"registries/policies/POL-PURPOSE-001.json", "PKG-POLICIES", file_101, sizeof file_101},
    {"registries/root.json", "PKG-REGISTRIES", file_102, sizeof file_102},
    {"registries/schemas/attention_envelope.json", "PKG-SCHEMAS", file_103, sizeof file_103},
    {"registries/schemas/attention_policy.json", "PKG-SCHEMAS", file_104, sizeof file_104},
    {"registries/schemas/attestation.json", "PKG-SCHEMAS", file_105, sizeof file_105},
    {"registries/schemas/control_plane_chain.schema.json", "PKG-SCHEMAS", file_106, sizeof file_106},
    {"registries/schemas/cp_status.json", "PKG-SCHEMAS", file_107, sizeof file_107},
    {"registries/schemas/entity_agent.json", "PKG-SCHEMAS", file_108, sizeof file_108},
    {"registries/schemas/entity_application.json", "PKG-SCHEMAS", file_109, sizeof file_109},
    {"registries/schemas/entity_capability.json", "PKG-SCHEMAS", file_110, sizeof file_110},
    {"registries/schemas/entity_cloud_service.json", "PKG-SCHEMAS", file_111, sizeof file_111},
    {"registries/schemas/entity_decision.json", "PKG-SCHEMAS", file_112, sizeof file_112},
    {"registries/schemas/entity_environment.json", "PKG-SCHEMAS", file_113, sizeof file_113},
    {"registries/schemas/entity_extension_point.json", "PKG-SCHEMAS", file_114, sizeof file_114},
    {"registries/schemas/entity_interface.json", "PKG-SCHEMAS", file_115, sizeof file_115},
    {"registries/schemas/entity_module.json", "PKG-SCHEMAS", file_116, sizeof file_116},
    {"registries/schemas/entity_plane.json", "PKG-SCHEMAS", file_117, sizeof file_117},
    {"registries/schemas/entity_policy.json", "PKG-SCHEMAS", file_118, sizeof file_118},
    {"registries/schemas/entity_registry.json", "PKG-SCHEMAS", file_119, sizeof file_119},
    {"registries/schemas/entity_stack.json", "PKG-SCHEMAS", file_120, sizeof file_120},
    {"registries/schemas/entity_types.schema.json", "PKG-SCHEMAS", file_121, sizeof file_121},
    {"registries/schemas/envelope.json", "PKG-SCHEMAS", file_122, sizeof file_122},
    {"registries/schemas/gate.json", "PKG-SCHEMAS", file_123, sizeof file_123},
    {"registries/schemas/gate_input.json", "PKG-SCHEMAS", file_124, sizeof file_124},
    {"registries/schemas/gate_result.json", "PKG-SCHEMAS", file_125, sizeof file_125},
    {"registries/schemas/governor_rules.json", "PKG-SCHEMAS", file_126, sizeof file_126},
    {"registries/schemas/install_policy.json", "PKG-SCHEMAS", file_127, sizeof file_127},
    {"registries/schemas/ledger_entry.json", "PKG-SCHEMAS", file_128, sizeof file_128},
    {"registries/schemas/ledger_events.schema.json", "PKG-SCHEMAS", file_129, sizeof file_129},
    {"registries/schemas/modules.schema.json", "PKG-SCHEMAS", file_130, sizeof file_130},
    {"registries/schemas/package_manifest.json", "PKG-SCHEMAS", file_131, sizeof file_131},
    {"registries/schemas/package_signers.schema.json", "PKG-SCHEMAS", file_132, sizeof file_132},
    {"registries/schemas/policy.json", "PKG-SCHEMAS", file_133, sizeof file_133},
    {"registries/schemas/prompt.json", "PKG-SCHEMAS", file_134, sizeof file_134},
    {"registries/schemas/prompt_message.json", "PKG-SCHEMAS", file_135, sizeof file_135},
    {"registries/schemas/root.schema.json", "PKG-SCHEMAS", file_136, sizeof file_136},
    {"registries/schemas/schema_framework.json", "PKG-SCHEMAS", file_137, sizeof file_137},
    {"registries/schemas/schema_governed_entity.json", "PKG-SCHEMAS", file_138, sizeof file_138},
    {"registries/schemas/schema_spec.json", "PKG-SCHEMAS", file_139, sizeof file_139},
    {"registries/schemas/selections.schema.json", "PKG-SCHEMAS", file_140, sizeof file_140},
    {"registries/schemas/spec_template.schema.json", "PKG-SCHEMAS", file_141, sizeof file_141},
    {"registries/schemas/tier.schema.json", "PKG-SCHEMAS", file_142, sizeof file_142},
    {"registries/selections.json", "PKG-REGISTRIES", file_143, sizeof file_143},
    {"registries/specs/SPEC-CONFIG.json", "PKG-REGISTRIES", file_144, sizeof file_144},
    {"registries/specs/SPEC-DOCS.json", "PKG-REGISTRIES", file_145, sizeof file_145},
    {"registries/specs/SPEC-GATES.json", "PKG-REGISTRIES", file_146, sizeof file_146},
    {"registries/specs/SPEC-LAW.json", "PKG-REGISTRIES", file_147, sizeof file_147},
    {"registries/specs/SPEC-PLANES.json", "PKG-REGISTRIES", file_148, sizeof file_148},
    {"registries/specs/SPEC-POLICIES.json", "PKG-REGISTRIES", file_149, sizeof file_149},
    {"registries/specs/SPEC-PROMPTS.json", "PKG-REGISTRIES", file_150, sizeof file_150},
    {"registries/specs/SPEC-REGISTRIES.json", "PKG-REGISTRIES", file_151, sizeof file_151},
    {"registries/specs/SPEC-SCHEMAS.json", "PKG-REGISTRIES", file_152, sizeof file_152},
    {"registries/templates/agent/files/08_commit.md.template", "PKG-REGISTRIES", file_153, sizeof file_153},
    {"registries/templates/agent/files/README.md.template", "PKG-REGISTRIES", file_154, sizeof file_154},
    {"registries/templates/agent/files/src/{{module}}.py.template", "PKG-REGISTRIES", file_155, sizeof file_155},
    {"registries/templates/agent/files/tests/test_{{module}}.py.template", "PKG-REGISTRIES", file_156, sizeof file_156},
    {"registries/templates/agent/package.json.template", "PKG-REGISTRIES", file_157, sizeof file_157},
    {"registries/templates/agent/spec.json.template", "PKG-REGISTRIES", file_158, sizeof file_158},
    {"registries/templates/agent/template.json", "PKG-REGISTRIES", file_159, sizeof file_159},
};

size_t genesis_count(void) { return sizeof files / sizeof files[0]; }

struct genesis_file genesis_file(size_t index) { return files[index]; }
