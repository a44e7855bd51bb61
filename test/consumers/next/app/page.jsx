import { Feed } from './feed.jsx';
export default function Page() {
  return <Feed />;
}
