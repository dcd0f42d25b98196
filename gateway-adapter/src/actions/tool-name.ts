/** The agent's own tool for actions in every channel; the manifest declares it. */
export const TOOL_NAME = "mattermost";
